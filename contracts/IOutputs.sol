// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "./Identifiers.sol";
import {StateHash} from "./machines/MachineState.sol";

/// @notice What the leaves of a guest's tree of outputs are. Each begins with its kind, so that none can be taken for another.
enum OutputKind {
    None,
    Withdrawal,
    Message
}

/// @notice What contracts have in common that act on the outputs of a confirmed state.
interface IOutputs {
    error AssertionNotConfirmed(AssertionId assertion);
    error WrongOutputState(StateHash given, StateHash expected);
    error OutputIndexTooLarge(uint256 index);
    error WrongProofLength(uint256 given, uint256 expected);
    error WrongOutputProof(bytes32 computed, bytes32 outputRoot);
}
