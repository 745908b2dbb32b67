// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "../CloneArguments.sol";
import {AssertionId} from "../Identifiers.sol";
import {IRollup} from "../IRollup.sol";
import {IRule} from "./IRule.sol";

/// @notice Final once its window has passed since the assertion was made, no claim that was made against it before then is pending, and
/// none stands. Claims made later than the window cannot delay it. A clone's only argument is the window.
contract Unchallenged is IRule {
    /// @inheritdoc IRule
    function isFinal(IRollup rollup, AssertionId assertion) external view returns (bool) {
        return rollup.isUnchallenged(assertion, window());
    }

    /// @inheritdoc IRule
    function windows() external view returns (uint64[] memory all) {
        all = new uint64[](1);
        all[0] = window();
    }

    /// @notice In seconds.
    function window() public view returns (uint64) {
        return uint64(CloneArguments.word(0));
    }
}
