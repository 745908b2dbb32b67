// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionStore} from "../AssertionStore.sol";
import {ClaimId} from "../Identifiers.sol";
import {RollupArguments} from "../RollupArguments.sol";
import {Claim, ClaimRecord, ClaimStatus, IClaimTree} from "./IClaimTree.sol";
import {Winner} from "./Winner.sol";

/// @notice What is kept of claims: their clocks, and the counts of undecided answers by which bonds are paid without loops.
abstract contract ClaimStore is AssertionStore {
    mapping(ClaimId id => ClaimRecord) internal _claims;

    /// @inheritdoc IClaimTree
    function claimRecord(ClaimId id) external view returns (ClaimRecord memory) {
        return _claims[id];
    }

    /// @inheritdoc IClaimTree
    function deadlineOf(ClaimId id) external view returns (uint256) {
        ClaimRecord memory record = _claims[id];
        if (record.status == ClaimStatus.None) revert UnknownClaim(id);
        return _deadline(record);
    }

    /// @inheritdoc IClaimTree
    function levels() external view returns (uint8) {
        return RollupArguments.levels();
    }

    /// @inheritdoc IClaimTree
    function claimBond(uint8 level) external view returns (uint256) {
        uint8 last = RollupArguments.levels();
        if (level == 0 || level > last) revert IndexOutOfRange(level, last);
        return RollupArguments.claimBond(level);
    }

    function _idOf(Claim memory claim) internal pure returns (ClaimId) {
        return ClaimId.wrap(keccak256(abi.encode(claim)));
    }

    function _openClaim(ClaimId id) internal view returns (ClaimRecord memory record) {
        record = _claims[id];
        if (record.status == ClaimStatus.Open) return record;
        if (record.status == ClaimStatus.None) revert UnknownClaim(id);
        revert ClaimDecided(id, record.status);
    }

    /// A claim may be answered before this and is decided from then on.
    function _deadline(ClaimRecord memory record) internal view returns (uint256) {
        uint256 left = RollupArguments.bank() - record.spent;
        uint256 least = RollupArguments.minResponse();
        return record.createdAt + (left > least ? left : least);
    }

    /// A claim against `node`'s claim, or against the assertion if the claim is of level 1, was decided and does not stand.
    function _releaseOpponent(Claim calldata claim, uint32 createdAt) internal {
        if (claim.level == 1) {
            _releaseAssertion(claim.assertion, createdAt);
            return;
        }
        ClaimId id = ClaimId.wrap(claim.opponent);
        ClaimRecord memory record = _claims[id];
        record.pending -= 1;
        if (record.pending == 0 && record.status == ClaimStatus.Countered) {
            record.status = ClaimStatus.Settled;
            _award(_winners[claim.opponent].author, RollupArguments.claimBond(claim.level - 1));
        }
        _claims[id] = record;
    }

    /// `by` stands against `claim`, which is countered at once; its bond is paid once no better answer is pending.
    function _counterClaim(Claim calldata claim, ClaimId id, ClaimId by, Winner memory winner) internal {
        ClaimRecord memory record = _claims[id];
        record.pending -= 1;
        Winner memory best = winner;
        bool first = record.status == ClaimStatus.Open;
        if (first) {
            record.status = ClaimStatus.Countered;
            emit ClaimCountered(id, by);
        } else {
            Winner memory incumbent = _winners[ClaimId.unwrap(id)];
            if (!winner.beats(incumbent)) best = incumbent;
        }
        if (record.pending == 0) {
            record.status = ClaimStatus.Settled;
            _award(best.author, RollupArguments.claimBond(claim.level));
        } else {
            _winners[ClaimId.unwrap(id)] = best;
        }
        _claims[id] = record;
        if (first) _releaseOpponent(claim, record.createdAt);
    }
}
