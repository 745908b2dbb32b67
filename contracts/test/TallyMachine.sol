// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader} from "../Input.sol";
import {StepContext} from "../machines/IMachine.sol";
import {Machine} from "../machines/Machine.sol";
import {MachineState} from "../machines/MachineState.sol";
import {Outcome} from "../machines/Outcome.sol";
import {Witness} from "../machines/Witness.sol";
import {ISource} from "../sources/ISource.sol";

/// @notice The smallest machine that has all that a settlement sees of one: it hashes the words of its inputs, one in a step. For
/// tests of the settlement, where a WASM machine would only take time.
/// @dev `core = keccak256(sum, next)`. A running step takes word `next` of the input: past the end the handler returns and the sum is published; `TRAP`
/// traps; at `SPIN` it stays for ever; after `SET` the word itself becomes the sum; any other word is hashed into the sum. The witness of a running step is `header | sum | next`, and within
/// the input's length the proof behind its length; delivery's is the same without a proof.
contract TallyMachine is Machine {
    bytes32 public constant TRAP = "trap";
    bytes32 public constant SPIN = "spin";
    bytes32 public constant SET = "set";

    error WrongCore(bytes32 given, bytes32 expected);

    function _enter(bytes32, bytes32 core, Witness memory witness) internal pure override returns (bytes32) {
        _registers(core, witness);
        return core;
    }

    function _execute(
        StepContext calldata context,
        MachineState memory state,
        Witness memory witness
    ) internal view override returns (Outcome) {
        InputHeader memory header = witness.header(context.inputHash);
        (bytes32 sum, uint256 next) = _registers(state.core, witness);
        if (next * 32 >= header.length) {
            state.core = _core(sum, 0);
            state.outputRoot = sum;
            return Outcome.Returns;
        }
        bytes32 word = ISource(header.source).word(header.commitment, header.length, next, witness.proof());
        if (word == TRAP) return Outcome.Restores;
        if (word != SPIN) state.core = _core(_take(sum, word), next + 1);
        return Outcome.Continues;
    }

    function _take(bytes32 sum, bytes32 word) private pure returns (bytes32) {
        return word == SET || sum == SET ? word : keccak256(abi.encode(sum, word));
    }

    function _registers(bytes32 core, Witness memory witness) private pure returns (bytes32 sum, uint256 next) {
        sum = witness.word();
        next = uint256(witness.word());
        bytes32 given = _core(sum, next);
        if (given != core) revert WrongCore(given, core);
    }

    function _core(bytes32 sum, uint256 next) private pure returns (bytes32) {
        return keccak256(abi.encode(sum, next));
    }
}
