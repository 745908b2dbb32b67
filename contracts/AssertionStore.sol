// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bonds, Ledger} from "./Bonds.sol";
import {Winner} from "./dispute/Winner.sol";
import {AssertionId} from "./Identifiers.sol";
import {Assertion, AssertionStatus, IRollup} from "./IRollup.sol";
import {StateHash} from "./machines/MachineState.sol";
import {RollupArguments} from "./RollupArguments.sol";

/// @notice What is kept of assertions, and what claims do to them.
abstract contract AssertionStore is Bonds, IRollup {
    /// As `Assertion`, packed in four slots in the order in which they are needed.
    struct StoredAssertion {
        AssertionId parent;
        bytes31 stateHash;
        AssertionStatus status;
        uint48 first;
        uint48 end;
        uint48 next;
        uint32 createdAt;
        /// The undecided claims against it, 20 bits for each of the rule's windows: a claim counts in the shortest one that it came in.
        uint80 pending;
        address author;
    }

    uint256 private constant BUCKETS = 4;
    uint256 private constant BUCKET_BITS = 20;
    uint256 private constant BUCKET_MASK = (1 << BUCKET_BITS) - 1;

    mapping(AssertionId id => StoredAssertion) internal _assertions;
    /// Who wins the bond of an assertion or a claim that is countered while better claims against it are pending.
    mapping(bytes32 opponent => Winner) internal _winners;

    /// @inheritdoc IRollup
    function assertion(AssertionId id) external view returns (Assertion memory) {
        StoredAssertion storage stored = _assertions[id];
        return
            Assertion({
                parent: stored.parent,
                stateHash: _stateHash(stored),
                first: stored.first,
                end: stored.end,
                next: stored.next,
                createdAt: stored.createdAt,
                author: stored.author,
                status: stored.status
            });
    }

    /// @inheritdoc IRollup
    function pendingClaims(AssertionId id) external view returns (uint256 sum) {
        uint256 pending = _assertions[id].pending;
        for (uint256 place = 0; place < BUCKETS; ++place) sum += _bucket(pending, place);
    }

    /// @inheritdoc IRollup
    function isUnchallenged(AssertionId id, uint64 window) external view returns (bool) {
        StoredAssertion storage stored = _assertions[id];
        if (stored.status != AssertionStatus.Pending && stored.status != AssertionStatus.Confirmed) return false;
        if (block.timestamp < uint256(stored.createdAt) + window) return false;
        uint256 windows = RollupArguments.windows();
        uint256 pending = stored.pending;
        uint256 from = 0;
        // Claims of a bucket came at or after the window before it: those buckets count that begin within `window`.
        for (uint256 place = 0; place < BUCKETS && from < window; ++place) {
            if (_bucket(pending, place) != 0) return false;
            from = RollupArguments.windowAt(windows, place);
            if (from == 0) break;
        }
        return true;
    }

    /// A claim that is made now against the assertion is undecided. Were a count to run over into the next one, a window would look as if
    /// no claim had come in it; an honest claim is made long before anyone could fill one.
    function _addPending(StoredAssertion storage stored, AssertionId id) internal {
        uint80 unit = _pendingUnit(stored, block.timestamp);
        uint80 pending = stored.pending;
        if ((pending / unit) & BUCKET_MASK == BUCKET_MASK) revert TooManyClaims(id);
        stored.pending = pending + unit;
    }

    /// A claim that was made at `claimedAt` against the assertion was decided and does not stand.
    function _releaseAssertion(Ledger memory ledger, AssertionId id, uint256 claimedAt) internal {
        StoredAssertion storage stored = _assertions[id];
        uint80 pending = stored.pending - _pendingUnit(stored, claimedAt);
        stored.pending = pending;
        if (pending == 0 && stored.status == AssertionStatus.Countered) {
            _award(ledger, _winners[AssertionId.unwrap(id)].author, RollupArguments.assertionBond());
        }
    }

    /// A claim against the assertion stands: it is rejected, and its bond is paid once no better claim is pending.
    function _counterAssertion(Ledger memory ledger, AssertionId id, Winner memory by) internal {
        StoredAssertion storage stored = _assertions[id];
        Winner memory best = by;
        if (stored.status == AssertionStatus.Pending) {
            stored.status = AssertionStatus.Countered;
            emit AssertionRejected(id, AssertionStatus.Countered);
        } else {
            Winner memory incumbent = _winners[AssertionId.unwrap(id)];
            if (!by.beats(incumbent)) best = incumbent;
        }
        uint80 pending = stored.pending - _pendingUnit(stored, by.createdAt);
        stored.pending = pending;
        if (pending == 0) _award(ledger, best.author, RollupArguments.assertionBond());
        else _winners[AssertionId.unwrap(id)] = best;
    }

    /// Its dispute goes on: new claims may be answered, decided and paid.
    function _isDisputable(StoredAssertion storage stored) internal view returns (bool) {
        return stored.status == AssertionStatus.Pending || stored.status == AssertionStatus.Countered;
    }

    function _stateHash(StoredAssertion storage stored) internal view returns (StateHash) {
        return StateHash.wrap(bytes32(stored.stateHash) >> 8);
    }

    function _pendingUnit(StoredAssertion storage stored, uint256 claimedAt) private view returns (uint80) {
        uint256 place = RollupArguments.bucketOf(RollupArguments.windows(), claimedAt - stored.createdAt);
        return uint80(1 << (BUCKET_BITS * place));
    }

    function _bucket(uint256 pending, uint256 place) private pure returns (uint256) {
        return (pending >> (BUCKET_BITS * place)) & BUCKET_MASK;
    }
}
