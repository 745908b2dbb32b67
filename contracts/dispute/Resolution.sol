// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId, ClaimId} from "../Identifiers.sol";
import {RollupArguments} from "../RollupArguments.sol";
import {ClaimTree} from "./ClaimTree.sol";
import {Claim, ClaimRecord, ClaimStatus, IClaimTree} from "./IClaimTree.sol";
import {Winner} from "./Winner.sol";

/// @notice How claims whose time is up are decided, and how bonds go home when a dispute is over before they are.
abstract contract Resolution is ClaimTree {
    /// @inheritdoc IClaimTree
    function resolve(Claim[] calldata branch) external {
        if (branch.length == 0) return;
        ClaimId[] memory ids = _idsOf(branch);
        AssertionId assertion = branch[0].assertion;
        ClaimRecord memory first = _openClaim(ids[0]);
        if (!_isDisputable(_assertions[assertion])) revert DisputeClosed(assertion);
        _requireDecidable(ids[0], first);
        _stand(branch, ids, 0, first);
        for (uint256 i = 2; i < branch.length; i += 2) {
            ClaimRecord memory record = _claims[ids[i]];
            // What is decided otherwise, still open to answers or still waiting for some stays as it is.
            if (record.status != ClaimStatus.Open || record.pending != 0) return;
            if (block.timestamp < _deadline(record)) return;
            _stand(branch, ids, i, record);
        }
    }

    /// @inheritdoc IClaimTree
    function reclaim(Claim[] calldata claims) external {
        for (uint256 i = 0; i < claims.length; ++i) _reclaim(claims[i]);
    }

    /// `branch[i]` stands, and what it is against is countered.
    function _stand(Claim[] calldata branch, ClaimId[] memory ids, uint256 i, ClaimRecord memory record) private {
        Claim calldata claim = branch[i];
        record.status = ClaimStatus.Standing;
        _claims[ids[i]] = record;
        emit ClaimStands(ids[i]);
        _credit(record.author, RollupArguments.claimBond(claim.level));
        Winner memory winner = Winner(record.author, record.createdAt, claim.index);
        if (claim.level == 1) {
            _counterAssertion(claim.assertion, winner);
        } else {
            if (i + 1 == branch.length) revert OpponentMissing(ids[i]);
            _counterClaim(branch[i + 1], ids[i + 1], ids[i], winner);
        }
    }

    function _reclaim(Claim calldata claim) private {
        ClaimId id = _idOf(claim);
        ClaimRecord memory record = _openClaim(id);
        if (_isDisputable(_assertions[claim.assertion])) revert DisputeOpen(claim.assertion);
        record.status = ClaimStatus.Reclaimed;
        _claims[id] = record;
        emit ClaimReclaimed(id);
        _credit(record.author, RollupArguments.claimBond(claim.level));
        _releaseOpponent(claim, record.createdAt);
    }

    function _requireDecidable(ClaimId id, ClaimRecord memory record) private view {
        uint256 deadline = _deadline(record);
        if (block.timestamp < deadline) revert TooEarly(deadline);
        if (record.pending != 0) revert AnswersPending(id, record.pending);
    }

    function _idsOf(Claim[] calldata branch) private pure returns (ClaimId[] memory ids) {
        ids = new ClaimId[](branch.length);
        for (uint256 i = 0; i < branch.length; ++i) {
            ids[i] = _idOf(branch[i]);
            if (i == 0) continue;
            bytes32 expected = branch[i - 1].opponent;
            if (ClaimId.unwrap(ids[i]) != expected) revert NotOpponent(ids[i], expected);
        }
    }
}
