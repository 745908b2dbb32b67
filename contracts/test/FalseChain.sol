// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "../Identifiers.sol";
import {IInbox} from "../IInbox.sol";
import {Assertion, AssertionStatus, RollupParameters} from "../IRollup.sol";
import {StateHash} from "../machines/MachineState.sol";
import {ISource} from "../sources/ISource.sol";

/// @notice Says what it is told, as if it were a rollup and its inbox. For tests.
contract FalseChain {
    bytes32 public parent;
    bytes32 public stateHash;
    bytes32 public accumulator;
    uint256 public count = 1;

    function tell(bytes32 parent_, bytes32 stateHash_, bytes32 accumulator_) external {
        (parent, stateHash, accumulator) = (parent_, stateHash_, accumulator_);
    }

    function assertion(AssertionId) external view returns (Assertion memory made) {
        made.parent = AssertionId.wrap(parent);
        made.stateHash = StateHash.wrap(stateHash);
        made.end = 1;
        made.status = AssertionStatus.Countered;
    }

    function parameters() external view returns (RollupParameters memory given) {
        given.inbox = IInbox(address(this));
    }

    function inputHash(uint256) external view returns (bytes32) {
        return accumulator;
    }

    /// @notice Asks a source to commit, as an inbox does.
    function commit(ISource source, bytes calldata data) external returns (bytes32 commitment, uint64 length) {
        return source.commit(data);
    }
}
