// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {InputHeader} from "../Input.sol";
import {IMachine, StepContext} from "./IMachine.sol";
import {MachineState} from "./MachineState.sol";
import {Outcome} from "./Outcome.sol";
import {Witness} from "./Witness.sol";

/// @notice The meta-step that rules every machine, so that nothing a guest does can stall a chain.
abstract contract Machine is IMachine {
    error WrongCheckpoint(bytes32 computed, bytes32 expected);

    /// @inheritdoc IMachine
    function step(
        StepContext calldata context,
        MachineState calldata state,
        bytes calldata witness
    ) external view returns (MachineState memory next) {
        Witness memory reader;
        reader.open(witness);
        next = state;
        if (next.deadline == 0) {
            if (context.step == 0 && context.inputHash != 0) _deliver(context, next, reader);
        } else if (context.step >= next.deadline) {
            _restore(context, next, reader);
        } else {
            Outcome outcome = _execute(context, next, reader);
            if (outcome == Outcome.Restores) _restore(context, next, reader);
            else if (outcome == Outcome.Returns) _wait(next);
        }
        reader.finish();
    }

    /// @notice Puts the guest, which waits, at the entry of its handler.
    /// @return The new core.
    function _enter(bytes32 program, bytes32 core, Witness memory witness) internal pure virtual returns (bytes32);

    /// @notice Executes one instruction and sets `core` and `outputRoot`, unless the outcome is `Restores`.
    function _execute(
        StepContext calldata context,
        MachineState memory state,
        Witness memory witness
    ) internal view virtual returns (Outcome);

    function _deliver(StepContext calldata context, MachineState memory state, Witness memory witness) private pure {
        InputHeader memory header = witness.header(context.inputHash);
        state.checkpoint = Hashes.efficientKeccak256(state.core, state.outputRoot);
        state.inputCount += 1;
        state.deadline = header.budget;
        state.core = _enter(context.program, state.core, witness);
    }

    function _restore(StepContext calldata context, MachineState memory state, Witness memory witness) private pure {
        bytes32 core = witness.word();
        bytes32 outputRoot = witness.word();
        bytes32 computed = Hashes.efficientKeccak256(core, outputRoot);
        if (computed != state.checkpoint) revert WrongCheckpoint(computed, state.checkpoint);
        state.core = core;
        state.outputRoot = outputRoot;
        state.rejections = Hashes.efficientKeccak256(state.rejections, context.inputHash);
        _wait(state);
    }

    function _wait(MachineState memory state) private pure {
        state.checkpoint = 0;
        state.deadline = 0;
    }
}
