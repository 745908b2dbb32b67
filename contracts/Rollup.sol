// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

import {Ledger} from "./Bonds.sol";
import {Resolution} from "./dispute/Resolution.sol";
import {AssertionId} from "./Identifiers.sol";
import {IInbox} from "./IInbox.sol";
import {assertionId, AssertionStatus, IRollup, RollupParameters} from "./IRollup.sol";
import {MachineState, StateHash} from "./machines/MachineState.sol";
import {RollupArguments} from "./RollupArguments.sol";

/// @notice The tree of assertions about a chain's state, see `IRollup`; the disputes about them are inherited.
contract Rollup is Resolution, Initializable {
    /// @inheritdoc IRollup
    AssertionId public latestConfirmed;

    constructor() {
        _disableInitializers();
    }

    /// @notice Called once by the factory, in the transaction that makes the chain. Genesis is confirmed from the start.
    function initialize(MachineState calldata genesis) external initializer {
        StateHash stateHash = genesis.hash();
        AssertionId id = assertionId(AssertionId.wrap(0), stateHash, 0);
        _store(id, AssertionId.wrap(0), stateHash, 0, 0, 1);
        _assertions[id].status = AssertionStatus.Confirmed;
        latestConfirmed = id;
        emit AssertionMade(id, AssertionId.wrap(0), address(0), 0, genesis, 0, 0, 1);
        emit AssertionConfirmed(id);
    }

    /// @inheritdoc IRollup
    function assertState(
        AssertionId parent,
        uint256 attempt,
        MachineState calldata state,
        bytes32 lastInput
    ) external payable returns (AssertionId id) {
        _requireBond(RollupArguments.assertionBond());
        StoredAssertion storage above = _assertions[parent];
        _requireOpenParent(parent, above.status);
        (uint64 first, uint64 end) = (above.end, above.next);
        if (state.deadline != 0 || state.checkpoint != 0) revert StateNotWaiting(state.checkpoint, state.deadline);
        if (state.inputCount != end) revert WrongInputCount(state.inputCount, end);
        uint64 next = _nextEnd(end, lastInput);
        StateHash stateHash = state.hash();
        id = _newId(parent, stateHash, attempt);
        _store(id, parent, stateHash, first, end, next);
        emit AssertionMade(id, parent, msg.sender, attempt, state, first, end, next);
    }

    /// @inheritdoc IRollup
    function confirm(AssertionId id) external {
        StoredAssertion storage stored = _assertions[id];
        _requirePending(id, stored.status);
        if (stored.parent != latestConfirmed) revert ParentNotLatest(stored.parent, latestConfirmed);
        if (!RollupArguments.rule().isFinal(this, id)) revert NotFinal(id);
        stored.status = AssertionStatus.Confirmed;
        latestConfirmed = id;
        emit AssertionConfirmed(id);
        Ledger memory ledger;
        _pay(ledger, stored.author, RollupArguments.assertionBond());
        _close(ledger);
    }

    /// @inheritdoc IRollup
    function reject(AssertionId id) external {
        StoredAssertion storage stored = _assertions[id];
        _requirePending(id, stored.status);
        StoredAssertion storage parent = _assertions[stored.parent];
        // Every confirmed assertion but the latest has a confirmed child.
        bool lost = parent.status == AssertionStatus.Confirmed && stored.parent != latestConfirmed;
        if (!lost && !_isRejected(parent)) revert NotRejectable(id);
        stored.status = AssertionStatus.Rejected;
        emit AssertionRejected(id, AssertionStatus.Rejected);
        emit Burned(RollupArguments.assertionBond());
    }

    /// @inheritdoc IRollup
    function parameters() external view returns (RollupParameters memory) {
        return RollupArguments.all();
    }

    function _store(
        AssertionId id,
        AssertionId parent,
        StateHash stateHash,
        uint64 first,
        uint64 end,
        uint64 next
    ) private {
        _assertions[id] = StoredAssertion({
            parent: parent,
            stateHash: bytes31(StateHash.unwrap(stateHash) << 8),
            status: AssertionStatus.Pending,
            first: uint48(first),
            end: uint48(end),
            next: uint48(next),
            createdAt: uint32(block.timestamp),
            pending: 0,
            author: msg.sender
        });
    }

    /// The end of the children of an assertion that ends at `end`: everything that is in the inbox by now, at least one input, at most
    /// the chain's limit.
    function _nextEnd(uint64 end, bytes32 lastInput) private view returns (uint64) {
        IInbox inbox = RollupArguments.inbox();
        uint64 count = inbox.count();
        if (count < end) revert InputsMissing(count, end);
        bytes32 found = inbox.inputHash(end - 1);
        if (found != lastInput) revert UnexpectedInput(lastInput, found);
        uint64 limit = end + RollupArguments.maxInputs();
        if (count <= end) return end + 1;
        return count < limit ? count : limit;
    }

    function _newId(AssertionId parent, StateHash stateHash, uint256 attempt) private view returns (AssertionId id) {
        id = assertionId(parent, stateHash, attempt);
        if (_assertions[id].status != AssertionStatus.None) revert DuplicateAssertion(id);
        if (attempt == 0) return id;
        AssertionId before = assertionId(parent, stateHash, attempt - 1);
        if (!_isRejected(_assertions[before])) revert EarlierAttemptLives(attempt - 1);
    }

    function _requireOpenParent(AssertionId parent, AssertionStatus status) private view {
        if (status == AssertionStatus.None) revert UnknownAssertion(parent);
        if (status == AssertionStatus.Pending) return;
        if (status != AssertionStatus.Confirmed || parent != latestConfirmed) revert ParentClosed(parent, status);
    }

    function _requirePending(AssertionId id, AssertionStatus status) private pure {
        if (status == AssertionStatus.None) revert UnknownAssertion(id);
        if (status != AssertionStatus.Pending) revert NotPending(id, status);
    }
}
