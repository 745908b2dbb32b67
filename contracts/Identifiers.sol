// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice `keccak256(abi.encode(parent, stateHash, attempt))`.
type AssertionId is bytes32;

using {assertionEquals as ==, assertionDiffers as !=} for AssertionId global;

function assertionEquals(AssertionId a, AssertionId b) pure returns (bool) {
    return AssertionId.unwrap(a) == AssertionId.unwrap(b);
}

function assertionDiffers(AssertionId a, AssertionId b) pure returns (bool) {
    return AssertionId.unwrap(a) != AssertionId.unwrap(b);
}

/// @notice `keccak256(abi.encode(claim))`.
type ClaimId is bytes32;

using {claimEquals as ==, claimDiffers as !=} for ClaimId global;

function claimEquals(ClaimId a, ClaimId b) pure returns (bool) {
    return ClaimId.unwrap(a) == ClaimId.unwrap(b);
}

function claimDiffers(ClaimId a, ClaimId b) pure returns (bool) {
    return ClaimId.unwrap(a) != ClaimId.unwrap(b);
}

/// @notice A place in the work of an assertion: `input * 2^B + step`, the input counted from the assertion's first.
type Position is uint64;

library PositionLibrary {
    /// @notice The input that the position is in, counted from the assertion's first.
    function input(Position position, uint8 stepBits) internal pure returns (uint64) {
        return Position.unwrap(position) >> stepBits;
    }

    /// @notice The step within that input's window.
    function step(Position position, uint8 stepBits) internal pure returns (uint64) {
        return Position.unwrap(position) & uint64((1 << stepBits) - 1);
    }

    function plus(Position position, uint64 steps) internal pure returns (Position) {
        return Position.wrap(Position.unwrap(position) + steps);
    }
}

using PositionLibrary for Position global;
