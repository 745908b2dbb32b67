// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Of the standing claims against something, the one that wins its bond as far as is known.
struct Winner {
    address author;
    uint32 createdAt;
    /// The index that it is against; 0 against an assertion.
    uint64 index;
}

library WinnerLibrary {
    /// @notice The lowest index wins, then the earliest claim. Two claims of one block that end in different states at the same index cannot
    /// both hold true states, so among them it does not matter that the first to be resolved wins.
    function beats(Winner memory candidate, Winner memory incumbent) internal pure returns (bool) {
        if (incumbent.author == address(0) || candidate.index < incumbent.index) return true;
        return candidate.index == incumbent.index && candidate.createdAt < incumbent.createdAt;
    }
}

using WinnerLibrary for Winner global;
