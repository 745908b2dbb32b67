// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader} from "../Input.sol";
import {IMachine, StepContext} from "../machines/IMachine.sol";
import {MachineState} from "../machines/MachineState.sol";
import {ISource} from "../sources/ISource.sol";

/// @notice The smallest machine that has all that a settlement sees of one: it hashes the words of its inputs, one in a step. For
/// tests of the settlement, where a WASM machine would only take time.
/// @dev `core = keccak256(sum, next)`. A running step takes word `next` of the input: past the end the handler returns and the sum is published; `TRAP`
/// traps; at `SPIN` it stays for ever; any other word is hashed into the sum. Delivery's witness is `header | sum | next`, a running step's
/// the same and then `length of the proof (32) | proof` within the input's length and `core | outputRoot` of the checkpoint for a trap.
contract TallyMachine is IMachine {
    bytes32 public constant TRAP = "trap";
    bytes32 public constant SPIN = "spin";
    uint256 private constant HEADER = 320;

    error WrongHeader(bytes32 given, bytes32 expected);
    error WrongCore(bytes32 given, bytes32 expected);
    error WrongCheckpoint(bytes32 given, bytes32 expected);
    error WrongWitnessLength(uint256 given, uint256 expected);

    /// @inheritdoc IMachine
    function step(
        StepContext calldata context,
        MachineState calldata state,
        bytes calldata witness
    ) external view returns (MachineState memory) {
        if (state.deadline == 0) {
            if (context.step == 0 && context.inputHash != 0) return _deliver(context, state, witness);
            _requireLength(witness, 0);
            return state;
        }
        if (context.step >= state.deadline) return _restore(state, witness);
        return _run(context, state, witness);
    }

    function _deliver(
        StepContext calldata context,
        MachineState memory state,
        bytes calldata witness
    ) private pure returns (MachineState memory) {
        _requireLength(witness, HEADER + 64);
        InputHeader memory header = _header(context, witness);
        _registers(state.core, witness);
        state.checkpoint = keccak256(abi.encode(state.core, state.outputRoot));
        state.inputCount += 1;
        state.deadline = header.budget;
        return state;
    }

    function _run(
        StepContext calldata context,
        MachineState memory state,
        bytes calldata witness
    ) private view returns (MachineState memory) {
        InputHeader memory header = _header(context, witness);
        (bytes32 sum, uint256 next) = _registers(state.core, witness);
        if (next * 32 >= header.length) {
            _requireLength(witness, HEADER + 64);
            state.core = keccak256(abi.encode(sum, 0));
            state.outputRoot = sum;
            return _wait(state);
        }
        uint256 end = HEADER + 96 + uint256(bytes32(witness[HEADER + 64:HEADER + 96]));
        bytes calldata proof = witness[HEADER + 96:end];
        bytes32 word = ISource(header.source).word(header.commitment, header.length, next, proof);
        if (word == TRAP) return _restore(state, witness[end:]);
        _requireLength(witness, end);
        if (word != SPIN) state.core = keccak256(abi.encode(keccak256(abi.encode(sum, word)), next + 1));
        return state;
    }

    function _restore(MachineState memory state, bytes calldata witness) private pure returns (MachineState memory) {
        _requireLength(witness, 64);
        bytes32 checkpoint = keccak256(witness);
        if (checkpoint != state.checkpoint) revert WrongCheckpoint(checkpoint, state.checkpoint);
        (state.core, state.outputRoot) = abi.decode(witness, (bytes32, bytes32));
        return _wait(state);
    }

    function _wait(MachineState memory state) private pure returns (MachineState memory) {
        state.checkpoint = 0;
        state.deadline = 0;
        return state;
    }

    function _header(StepContext calldata context, bytes calldata witness) private pure returns (InputHeader memory) {
        bytes32 given = keccak256(witness[:HEADER]);
        if (given != context.inputHash) revert WrongHeader(given, context.inputHash);
        return abi.decode(witness[:HEADER], (InputHeader));
    }

    function _registers(bytes32 core, bytes calldata witness) private pure returns (bytes32 sum, uint256 next) {
        bytes32 given = keccak256(witness[HEADER:HEADER + 64]);
        if (given != core) revert WrongCore(given, core);
        return abi.decode(witness[HEADER:HEADER + 64], (bytes32, uint256));
    }

    function _requireLength(bytes calldata witness, uint256 expected) private pure {
        if (witness.length != expected) revert WrongWitnessLength(witness.length, expected);
    }
}
