// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ledger} from "../Bonds.sol";
import {ClaimId} from "../Identifiers.sol";
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
        ClaimRecord memory record = _openClaim(ids[0]);
        if (!_isDisputable(_assertions[branch[0].assertion])) revert DisputeClosed(branch[0].assertion);
        uint256 deadline = _deadline(record);
        if (block.timestamp < deadline) revert TooEarly(deadline);
        if (record.pending != 0) revert AnswersPending(ids[0], record.pending);
        Ledger memory ledger;
        uint256 i = 0;
        do {
            _stand(ledger, branch, ids, i, record);
            i += 2;
            if (i >= branch.length) break;
            record = _load(ids[i]);
            // What is decided otherwise, still open to answers or still waiting for some stays as it is.
        } while (_isDecidable(record));
        _close(ledger);
    }

    /// @inheritdoc IClaimTree
    function reclaim(Claim[] calldata claims) external {
        Ledger memory ledger;
        for (uint256 i = 0; i < claims.length; ++i) _reclaim(ledger, claims[i]);
        _close(ledger);
    }

    /// `branch[i]` stands, and what it is against is countered.
    function _stand(
        Ledger memory ledger,
        Claim[] calldata branch,
        ClaimId[] memory ids,
        uint256 i,
        ClaimRecord memory record
    ) private {
        Claim calldata claim = branch[i];
        record.status = ClaimStatus.Standing;
        _save(ids[i], record);
        emit ClaimStands(ids[i]);
        _pay(ledger, record.author, RollupArguments.claimBond(claim.level));
        Winner memory winner = Winner(record.author, record.createdAt, claim.index);
        if (claim.level == 1) {
            _counterAssertion(ledger, claim.assertion, winner);
        } else {
            if (i + 1 == branch.length) revert OpponentMissing(ids[i]);
            _counterClaim(ledger, branch[i + 1], ids[i + 1], ids[i], winner);
        }
    }

    function _reclaim(Ledger memory ledger, Claim calldata claim) private {
        ClaimId id = _idOf(claim);
        ClaimRecord memory record = _openClaim(id);
        if (_isDisputable(_assertions[claim.assertion])) revert DisputeOpen(claim.assertion);
        record.status = ClaimStatus.Reclaimed;
        _save(id, record);
        emit ClaimReclaimed(id);
        _pay(ledger, record.author, RollupArguments.claimBond(claim.level));
        _releaseOpponent(ledger, claim, record.createdAt);
    }

    function _isDecidable(ClaimRecord memory record) private view returns (bool) {
        return record.status == ClaimStatus.Open && record.pending == 0 && block.timestamp >= _deadline(record);
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
