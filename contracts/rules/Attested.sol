// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "../CloneArguments.sol";
import {ICommittee} from "../committee/ICommittee.sol";
import {Seats} from "../committee/Seats.sol";
import {assertionStatement} from "../committee/Statements.sol";
import {AssertionId} from "../Identifiers.sol";
import {Assertion, IRollup} from "../IRollup.sol";
import {IRule} from "./IRule.sol";

/// @notice Final once enough members of the committee that was active when the assertion was made are recorded to have signed it. A
/// clone's arguments are how many are needed, and the committee.
contract Attested is IRule {
    /// @inheritdoc IRule
    function isFinal(IRollup rollup, AssertionId id) external view returns (bool) {
        Assertion memory assertion = rollup.assertion(id);
        uint256 epoch = committee().epochAt(assertion.createdAt);
        bytes32 digest = committee().digestOf(epoch, assertionStatement(rollup, assertion));
        return Seats.bitCount(committee().attesters(epoch, digest)) >= quorum();
    }

    /// @inheritdoc IRule
    function windows() external pure returns (uint64[] memory) {
        return new uint64[](0);
    }

    function quorum() public view returns (uint256) {
        return CloneArguments.word(0);
    }

    function committee() public view returns (ICommittee) {
        return ICommittee(CloneArguments.account(1));
    }
}
