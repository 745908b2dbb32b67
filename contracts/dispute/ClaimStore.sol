// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionStore} from "../AssertionStore.sol";
import {Ledger} from "../Bonds.sol";
import {ClaimId} from "../Identifiers.sol";
import {RollupArguments} from "../RollupArguments.sol";
import {Claim, ClaimRecord, ClaimStatus, IClaimTree} from "./IClaimTree.sol";
import {Winner} from "./Winner.sol";

/// @notice What is kept of claims: their clocks, and the counts of undecided answers by which bonds are paid without loops.
abstract contract ClaimStore is AssertionStore {
    /// A `ClaimRecord` in a word: the author in the low 160 bits, then the other fields in their order. Packed by hand, since a move is a
    /// read and a write of this word and little else.
    mapping(ClaimId id => uint256 packed) private _claims;

    /// @inheritdoc IClaimTree
    function claimRecord(ClaimId id) external view returns (ClaimRecord memory) {
        return _load(id);
    }

    /// @inheritdoc IClaimTree
    function deadlineOf(ClaimId id) external view returns (uint256) {
        ClaimRecord memory record = _load(id);
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

    function _load(ClaimId id) internal view returns (ClaimRecord memory record) {
        uint256 packed = _claims[id];
        record.author = address(uint160(packed));
        record.createdAt = uint32(packed >> 160);
        record.spent = uint24(packed >> 192);
        record.pending = uint32(packed >> 216);
        record.status = ClaimStatus(packed >> 248);
    }

    function _save(ClaimId id, ClaimRecord memory record) internal {
        _claims[id] =
            uint256(uint160(record.author)) |
            (uint256(record.createdAt) << 160) |
            (uint256(record.spent) << 192) |
            (uint256(record.pending) << 216) |
            (uint256(record.status) << 248);
    }

    /// The hash of the claim as it was given. Fields with bits that do not belong to them give an id that no claim has.
    function _idOf(Claim calldata claim) internal pure returns (ClaimId id) {
        // A claim lies in calldata as in its encoding; Solidity would take it apart and put it together again, seven fields in each move.
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, claim, 0xe0)
            id := keccak256(free, 0xe0)
        }
    }

    function _openClaim(ClaimId id) internal view returns (ClaimRecord memory record) {
        record = _load(id);
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

    /// A claim was decided and does not stand: what it was against, a claim or the assertion, waits for one answer less.
    function _releaseOpponent(Ledger memory ledger, Claim calldata claim, uint32 createdAt) internal {
        if (claim.level == 1) {
            _releaseAssertion(ledger, claim.assertion, createdAt);
            return;
        }
        ClaimId id = ClaimId.wrap(claim.opponent);
        ClaimRecord memory record = _load(id);
        record.pending -= 1;
        if (record.pending == 0 && record.status == ClaimStatus.Countered) {
            record.status = ClaimStatus.Settled;
            _award(ledger, _winners[claim.opponent].author, RollupArguments.claimBond(claim.level - 1));
        }
        _save(id, record);
    }

    /// `by` stands against `claim`, which is countered at once; its bond is paid once no better answer is pending.
    function _counterClaim(
        Ledger memory ledger,
        Claim calldata claim,
        ClaimId id,
        ClaimId by,
        Winner memory winner
    ) internal {
        ClaimRecord memory record = _load(id);
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
            _award(ledger, best.author, RollupArguments.claimBond(claim.level));
        } else {
            _winners[ClaimId.unwrap(id)] = best;
        }
        _save(id, record);
        if (first) _releaseOpponent(ledger, claim, record.createdAt);
    }
}
