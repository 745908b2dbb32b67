// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IRollup} from "../IRollup.sol";
import {AssertionId} from "../Identifiers.sol";

/// @notice When an assertion is final. A rule holds no state of its own, so that any number of chains may share it.
interface IRule {
    /// @notice Is `assertion` of `rollup` final? Speaks of the assertion alone: order and rivals are the rollup's business.
    function isFinal(IRollup rollup, AssertionId assertion) external view returns (bool);

    /// @notice The windows of time in which a claim counts somewhere in this rule's tree, in seconds: ascending, unique, above 0,
    /// at most four. None if the rule knows no dispute. Never changes.
    function windows() external view returns (uint64[] memory);
}
