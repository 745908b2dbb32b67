// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What one instruction does to the input that is being handled.
enum Outcome {
    Continues,
    /// The handler has returned: the machine waits.
    Returns,
    /// A trap or a guest's `reject`: the input changes nothing.
    Restores
}
