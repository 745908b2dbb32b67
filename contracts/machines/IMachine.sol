// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineState} from "./MachineState.sol";

/// @notice What a step depends on besides the state.
struct StepContext {
    /// Commits to the program's code and parameters; a constant of the chain.
    bytes32 program;
    /// Hash of the header of the input whose window this step is in; zero past the assertion's last input.
    bytes32 inputHash;
    /// The step within the input's window, from 0 to `2^B - 1`.
    uint64 step;
}

/// @notice A provable machine: `step(context, state, witness) -> state`, a function of its arguments and of published preimages.
interface IMachine {
    /// @notice The state that follows `state`. Total over true states: whatever a guest does, some witness proves the step.
    /// @param witness The words and paths that the step touches, in the machine's own format. Reverts unless it opens `state`.
    function step(
        StepContext calldata context,
        MachineState calldata state,
        bytes calldata witness
    ) external view returns (MachineState memory);
}
