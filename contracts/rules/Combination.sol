// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "../CloneArguments.sol";
import {AssertionId} from "../Identifiers.sol";
import {IRollup} from "../IRollup.sol";
import {IRule} from "./IRule.sol";

/// @notice A rule made of rules. A clone's arguments are how many of them are needed (which only `AtLeast` looks at), how many there are, and
/// then they themselves, a word each.
abstract contract Combination is IRule {
    uint256 private constant FIRST_PART = 2;
    uint256 private constant MAX_WINDOWS = 4;

    /// @notice The parts hold more than four different windows between them.
    error TooManyWindows();

    /// @inheritdoc IRule
    function isFinal(IRollup rollup, AssertionId assertion) external view returns (bool) {
        uint256 missing = required();
        uint256 count = partCount();
        for (uint256 i = 0; i < count && missing != 0; ++i) {
            if (part(i).isFinal(rollup, assertion)) --missing;
            else if (missing >= count - i) return false;
        }
        return missing == 0;
    }

    /// @inheritdoc IRule
    function windows() external view returns (uint64[] memory all) {
        uint64[] memory sorted = new uint64[](MAX_WINDOWS);
        uint256 found = 0;
        for (uint256 i = 0; i < partCount(); ++i) {
            uint64[] memory more = part(i).windows();
            for (uint256 j = 0; j < more.length; ++j) found = _insert(sorted, found, more[j]);
        }
        all = new uint64[](found);
        for (uint256 i = 0; i < found; ++i) all[i] = sorted[i];
    }

    /// @notice How many of the parts must be satisfied.
    function required() public view virtual returns (uint256);

    function partCount() public view returns (uint256) {
        return CloneArguments.word(1);
    }

    function part(uint256 index) public view returns (IRule) {
        return IRule(CloneArguments.account(FIRST_PART + index));
    }

    /// Keeps `sorted` ascending and unique; gives back how many it holds.
    function _insert(uint64[] memory sorted, uint256 found, uint64 window) private pure returns (uint256) {
        uint256 place = 0;
        while (place < found && sorted[place] < window) ++place;
        if (place < found && sorted[place] == window) return found;
        if (found == MAX_WINDOWS) revert TooManyWindows();
        for (uint256 i = found; i > place; --i) sorted[i] = sorted[i - 1];
        sorted[place] = window;
        return found + 1;
    }
}
