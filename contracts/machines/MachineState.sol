// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The low 31 bytes of a keccak256, so that every state hash is a BLS12-381 scalar and fits a blob element.
type StateHash is bytes32;

using {equals as ==, differs as !=} for StateHash global;

function equals(StateHash a, StateHash b) pure returns (bool) {
    return StateHash.unwrap(a) == StateHash.unwrap(b);
}

function differs(StateHash a, StateHash b) pure returns (bool) {
    return StateHash.unwrap(a) != StateHash.unwrap(b);
}

/// @notice What a machine is between two steps.
struct MachineState {
    /// Commits to the machine's own registers and memory roots.
    bytes32 core;
    /// `keccak256(core, outputRoot)` as they were when the current input was delivered; zero while waiting.
    bytes32 checkpoint;
    /// What the guest last published.
    bytes32 outputRoot;
    /// A hash chain over the inputs that changed nothing, by the hashes of their headers: `keccak256(rejections, inputHash)` for each.
    bytes32 rejections;
    /// How many inputs the machine has taken.
    uint64 inputCount;
    /// The step of the input's window at which a running machine is stopped; zero means that the machine waits.
    uint64 deadline;
}

library MachineStateLibrary {
    function hash(MachineState memory state) internal pure returns (StateHash) {
        return StateHash.wrap(keccak256(abi.encode(state)) >> 8);
    }
}

using MachineStateLibrary for MachineState global;
