// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ledger} from "../Bonds.sol";
import {AssertionStatus} from "../IRollup.sol";
import {AssertionId, ClaimId, Position} from "../Identifiers.sol";
import {StepContext} from "../machines/IMachine.sol";
import {MachineState, StateHash} from "../machines/MachineState.sol";
import {RollupArguments} from "../RollupArguments.sol";
import {ClaimStore} from "./ClaimStore.sol";
import {Claim, ClaimRecord, ClaimStatus, IClaimTree} from "./IClaimTree.sol";

/// @notice Claims and their refutation by a step.
abstract contract ClaimTree is ClaimStore {
    /// @inheritdoc IClaimTree
    function claimAgainstAssertion(AssertionId assertion, bytes calldata data) external payable returns (ClaimId id) {
        StoredAssertion storage disputed = _assertions[assertion];
        StoredAssertion storage parent = _assertions[disputed.parent];
        if (disputed.status == AssertionStatus.None) revert UnknownAssertion(assertion);
        if (disputed.status != AssertionStatus.Pending) revert DisputeClosed(assertion);
        if (_isRejected(parent)) revert DisputeClosed(assertion);
        uint256 deadline = disputed.createdAt + RollupArguments.longestWindow(RollupArguments.windows());
        if (block.timestamp >= deadline) revert TooLate(deadline);
        Claim memory claim;
        claim.assertion = assertion;
        claim.opponent = AssertionId.unwrap(assertion);
        claim.level = 1;
        claim.start = _stateHash(parent);
        _addPending(disputed, assertion);
        return _make(claim, _stateHash(disputed), 0, data);
    }

    /// @inheritdoc IClaimTree
    function claimAgainstClaim(
        Claim calldata opponent,
        uint64 index,
        StateHash first,
        StateHash second,
        bytes calldata opening,
        bytes calldata data
    ) external payable returns (ClaimId id) {
        ClaimId opponentId = _idOf(opponent);
        ClaimRecord memory answered = _openClaim(opponentId);
        _requireAnswerable(opponent, answered);
        uint8 last = RollupArguments.levels();
        if (opponent.level >= last) revert LastLevel(last);
        _requireStates(opponent, index, first, second, opening);
        answered.pending += 1;
        _save(opponentId, answered);
        uint64 stride = uint64(1) << ((last - opponent.level) * RollupArguments.width());
        Claim memory claim = Claim({
            assertion: opponent.assertion,
            opponent: ClaimId.unwrap(opponentId),
            level: opponent.level + 1,
            index: index,
            position: opponent.position.plus(index * stride),
            start: first,
            history: 0
        });
        return _make(claim, second, _spentBeside(opponent, answered), data);
    }

    /// @inheritdoc IClaimTree
    function prove(
        Claim calldata claim,
        uint64 index,
        StateHash second,
        bytes calldata opening,
        MachineState calldata state,
        bytes calldata witness
    ) external {
        ClaimId id = _idOf(claim);
        ClaimRecord memory record = _openClaim(id);
        _requireAnswerable(claim, record);
        uint8 last = RollupArguments.levels();
        if (claim.level != last) revert NotLastLevel(claim.level, last);
        _requireStates(claim, index, state.hash(), second, opening);
        StepContext memory context = _contextAt(claim.assertion, claim.position.plus(index));
        StateHash computed = RollupArguments.machine().step(context, state, witness).hash();
        if (computed == second) revert StepAgrees(computed);
        record.status = ClaimStatus.Refuted;
        _save(id, record);
        emit ClaimRefuted(id, index, msg.sender);
        Ledger memory ledger;
        _payRefuted(ledger, claim);
        _releaseOpponent(ledger, claim, record.createdAt);
        _close(ledger);
    }

    /// Stores a claim whose fields but the history are known.
    /// @param against The opponent's state at the place where the history ends.
    function _make(
        Claim memory claim,
        StateHash against,
        uint24 spent,
        bytes calldata data
    ) private returns (ClaimId id) {
        _requireBond(RollupArguments.claimBond(claim.level));
        StateHash last;
        (claim.history, last) = RollupArguments.history().commit(claim.start, data);
        if (last == against) revert NoDisagreement(last);
        id = ClaimId.wrap(keccak256(abi.encode(claim)));
        if (_load(id).status != ClaimStatus.None) revert DuplicateClaim(id);
        _save(id, ClaimRecord(msg.sender, uint32(block.timestamp), spent, 0, ClaimStatus.Open));
        emit ClaimMade(id, claim.assertion, msg.sender, claim, data);
    }

    /// What the side that may answer a claim against `opponent` has used on the branch: what it had used when it was asked, and
    /// the time that it took for `opponent`. Nothing runs while an assertion waits for its first claim.
    function _spentBeside(Claim calldata opponent, ClaimRecord memory answered) private view returns (uint24) {
        if (opponent.level == 1) return 0;
        ClaimRecord memory asked = _load(ClaimId.wrap(opponent.opponent));
        uint256 spent = uint256(asked.spent) + answered.createdAt - asked.createdAt;
        uint256 bank = RollupArguments.bank();
        return uint24(spent < bank ? spent : bank);
    }

    function _requireAnswerable(Claim calldata claim, ClaimRecord memory record) private view {
        uint256 deadline = _deadline(record);
        if (block.timestamp >= deadline) revert TooLate(deadline);
        if (!_isDisputable(_assertions[claim.assertion])) revert DisputeClosed(claim.assertion);
    }

    /// Reverts unless the claim says that the states at `index` and `index + 1` are `first` and `second`.
    function _requireStates(
        Claim calldata claim,
        uint64 index,
        StateHash first,
        StateHash second,
        bytes calldata opening
    ) private view {
        uint256 length = 1 << RollupArguments.width();
        if (index >= length) revert IndexOutOfRange(index, length);
        if (index == 0 && first != claim.start) revert WrongState(first, claim.start);
        RollupArguments.history().open(claim.history, index, first, second, opening);
    }

    function _contextAt(AssertionId id, Position position) private view returns (StepContext memory context) {
        StoredAssertion storage disputed = _assertions[id];
        uint8 stepBits = RollupArguments.stepBits();
        uint64 number = disputed.first + position.input(stepBits);
        context.program = RollupArguments.program();
        context.step = position.step(stepBits);
        // The inbox may hold more by now; what the assertion does not cover is not there for its machine.
        if (number < disputed.end) context.inputHash = RollupArguments.inbox().inputHash(number);
    }

    /// The bond goes to whoever was attacked, a share of it to whoever proved the step.
    function _payRefuted(Ledger memory ledger, Claim calldata claim) private {
        uint256 bond = RollupArguments.claimBond(claim.level);
        uint256 share = (bond * RollupArguments.proverShare()) / BASIS_POINTS;
        uint256 burned = (bond * RollupArguments.burnedShare()) / BASIS_POINTS;
        address attacked =
            claim.level == 1 ? _assertions[claim.assertion].author : _load(ClaimId.wrap(claim.opponent)).author;
        ledger.burned += burned;
        _pay(ledger, msg.sender, share);
        _pay(ledger, attacked, bond - share - burned);
    }

    function _isRejected(StoredAssertion storage stored) internal view returns (bool) {
        return stored.status == AssertionStatus.Countered || stored.status == AssertionStatus.Rejected;
    }
}
