// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Claim, ClaimStatus} from "../../contracts/dispute/IClaimTree.sol";
import {AssertionId, Position} from "../../contracts/Identifiers.sol";
import {AssertionStatus} from "../../contracts/IRollup.sol";
import {MachineState, StateHash} from "../../contracts/machines/MachineState.sol";
import {DisputeWorld} from "./DisputeWorld.sol";
import {Truth, Word} from "./Truths.sol";
import {vm} from "./Vm.sol";

/// @notice What may happen to a chain: liars move as they like, and one honest party answers every lie before its clock runs out.
contract DisputeHandler is DisputeWorld {
    uint256 private constant MOST_INPUTS = 4;
    uint256 private constant MOST_CLAIMS = 24;
    uint256 private constant MOST_ASSERTIONS = 12;

    /// Ids of everything that was ever seen confirmed, in order.
    AssertionId[] public confirmed;
    /// The place in `_madeAssertions` of the newest true assertion; one past the end stands for genesis.
    uint256 private _tip = type(uint256).max;
    /// An open claim was found after the time by which every dispute must have ended.
    bool public disputeOutlivedItsBound;
    /// The honest party could not make a move that it was owed.
    bool public honestMoveRefused;
    /// A rejected truth could not be asserted again.
    bool public truthRefused;

    constructor() {
        confirmed.push(ROLLUP.latestConfirmed());
    }

    /// The truth is asserted on the newest true assertion.
    function assertTruth() external {
        if (_madeAssertions.length == MOST_ASSERTIONS) return;
        uint256 input = _tip == type(uint256).max ? 0 : _madeAssertions[_tip].input + 1;
        if (input == MOST_INPUTS) return;
        if (input == _truths.length) _appendInput();
        AssertionId parent = _tip == type(uint256).max ? confirmed[0] : _madeAssertions[_tip].id;
        AssertionNote memory note = AssertionNote(AssertionId.wrap(0), parent, Word(0, 0), input, true);
        if (_assert(HONEST, note, _truths[input].states[3], 0)) _tip = _madeAssertions.length - 1;
        else truthRefused = true;
    }

    /// A liar asserts a false state, beside the truth or on another lie.
    function assertLie(uint256 seed, bytes32 salt, uint64 from) external {
        if (_madeAssertions.length == MOST_ASSERTIONS || salt == 0) return;
        uint256 place = seed % (_madeAssertions.length + 1);
        bool onGenesis = place == _madeAssertions.length;
        uint256 input = onGenesis ? 0 : _madeAssertions[place].input + 1;
        if (input >= MOST_INPUTS) return;
        if (input == _truths.length) _appendInput();
        AssertionId parent = onGenesis ? confirmed[0] : _madeAssertions[place].id;
        bool onTruth = onGenesis || (_madeAssertions[place].onTruth && _madeAssertions[place].word.salt == 0);
        Word memory word = Word(salt, from % (uint64(1) << 18));
        MachineState memory state = _truths[input].stateAt(word, uint64(1) << 18);
        _assert(LIAR, AssertionNote(AssertionId.wrap(0), parent, word, input, onTruth), state, 0);
    }

    /// A liar claims against an assertion, true or false.
    function lieAgainstAssertion(uint256 seed, bytes32 salt, uint64 from) external {
        if (_madeAssertions.length == 0 || _madeClaims.length >= MOST_CLAIMS || salt == 0) return;
        uint256 place = seed % _madeAssertions.length;
        if (_madeAssertions[place].onTruth) _claimAgainstAssertion(LIAR, place, Word(salt, from % (uint64(1) << 18)));
    }

    /// A liar answers a claim, anybody's, at any index, with any history.
    function lieAgainstClaim(uint256 seed, bytes32 salt, uint64 from, uint64 entry, bool near) external {
        if (_madeClaims.length == 0 || _madeClaims.length >= MOST_CLAIMS || salt == 0) return;
        uint256 place = seed % _madeClaims.length;
        // The first steps are where something happens.
        from = near ? from % 5 : from % (uint64(1) << 18);
        entry = near ? entry % 2 : entry % 64;
        if (_madeClaims[place].claim.level < LEVELS) _claimAgainstClaim(LIAR, place, entry, Word(salt, from));
    }

    /// Time passes, and the honest party answers what came since it last looked.
    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % MIN_RESPONSE));
        answerEverything();
    }

    /// A long time passes in which nobody moves.
    function sleep(uint256 time) external {
        answerEverything();
        vm.warp(block.timestamp + (time % (4 * BANK)));
    }

    function resolve(uint256 seed) external {
        if (_madeClaims.length != 0) _resolve(seed % _madeClaims.length);
    }

    /// Tries to confirm every assertion, beginning anywhere.
    function confirm(uint256 seed) external {
        answerEverything();
        uint256 count = _madeAssertions.length;
        for (uint256 i = 0; i < count; ++i) {
            AssertionId id = _madeAssertions[((seed % count) + i) % count].id;
            try ROLLUP.confirm(id) {
                confirmed.push(id);
            } catch {}
        }
    }

    /// Tries to reject every assertion, beginning anywhere.
    function reject(uint256 seed) external {
        uint256 count = _madeAssertions.length;
        for (uint256 i = 0; i < count; ++i) {
            try ROLLUP.reject(_madeAssertions[((seed % count) + i) % count].id) {} catch {}
        }
    }

    /// Tries to send home the bond of every claim, beginning anywhere.
    function reclaim(uint256 seed) external {
        Claim[] memory claims = new Claim[](1);
        uint256 count = _madeClaims.length;
        for (uint256 i = 0; i < count; ++i) {
            claims[0] = _madeClaims[((seed % count) + i) % count].claim;
            try ROLLUP.reclaim(claims) {} catch {}
        }
    }

    function withdraw(bool honest) external {
        address account = honest ? HONEST : LIAR;
        uint256 amount = ROLLUP.credit(account);
        try ROLLUP.withdrawCredit(account) {
            _paidOut += amount;
        } catch {}
    }

    /// So much time passes that every dispute that was begun must end, and all that can be decided is.
    function endEverything() external {
        answerEverything();
        vm.warp(block.timestamp + 2 * BANK + (LEVELS - 1) * MIN_RESPONSE);
        for (uint256 pass_ = 0; pass_ < LEVELS; ++pass_) {
            for (uint256 i = _madeClaims.length; i > 0; --i) _resolve(i - 1);
        }
        for (uint256 i = 0; i < _madeClaims.length; ++i) {
            AssertionStatus status = _statusOf(_madeClaims[i].assertion);
            bool disputable = status == AssertionStatus.Pending || status == AssertionStatus.Countered;
            if (disputable && _recordOf(i).status == ClaimStatus.Open) disputeOutlivedItsBound = true;
        }
    }

    /// The honest party's whole strategy: claim against what is false, answer what is false at the first index, prove the last step.
    function answerEverything() public {
        for (uint256 i = 0; i < _madeAssertions.length; ++i) _contradictAssertion(i);
        // Answers are true, so one pass answers everything.
        uint256 count = _madeClaims.length;
        for (uint256 i = 0; i < count; ++i) _contradictClaim(i);
    }

    function paidIn() external view returns (uint256) {
        return _paidIn;
    }

    function paidOut() external view returns (uint256) {
        return _paidOut;
    }

    function rollupAddress() external view returns (address) {
        return address(ROLLUP);
    }

    function _contradictAssertion(uint256 index) private {
        AssertionNote memory note = _madeAssertions[index];
        if (!note.onTruth || note.word.salt == 0 || _statusOf(index) != AssertionStatus.Pending) return;
        if (block.timestamp >= ROLLUP.assertion(note.id).createdAt + WINDOW) return;
        for (uint256 i = 0; i < _madeClaims.length; ++i) {
            ClaimNote storage made = _madeClaims[i];
            if (made.assertion == index && made.claim.level == 1 && made.word.salt == 0) return;
        }
        // A parent that lost is no longer argued about.
        AssertionStatus parent = ROLLUP.assertion(note.parent).status;
        if (parent != AssertionStatus.Pending && parent != AssertionStatus.Confirmed) return;
        if (!_claimAgainstAssertion(HONEST, index, Word(0, 0))) honestMoveRefused = true;
    }

    function _contradictClaim(uint256 index) private {
        ClaimNote memory note = _madeClaims[index];
        if (note.word.salt == 0 || note.answered || _recordOf(index).status != ClaimStatus.Open) return;
        AssertionStatus status = _statusOf(note.assertion);
        if (status != AssertionStatus.Pending && status != AssertionStatus.Countered) return;
        (bool wrong, uint64 entry) = _firstDifference(note);
        if (!wrong) return;
        _madeClaims[index].answered = true;
        if (note.claim.level == LEVELS) _prove(HONEST, index, entry);
        else if (!_claimAgainstClaim(HONEST, index, entry, Word(0, 0))) honestMoveRefused = true;
    }

    /// Whether a claim begins in a true state and has a false one, and the index before the first false one.
    function _firstDifference(ClaimNote memory note) private view returns (bool, uint64) {
        Truth memory truth = _truths[_madeAssertions[note.assertion].input];
        uint64 position = Position.unwrap(note.claim.position);
        if (StateHash.unwrap(note.claim.start) != truth.hashAt(Word(0, 0), position)) return (false, 0);
        bytes32[65] memory said = _states(note);
        bytes32[65] memory true_ = _statesOf(note, Word(0, 0));
        for (uint64 i = 0; i < 64; ++i) if (said[i + 1] != true_[i + 1]) return (true, i);
        return (false, 0);
    }

    function _resolve(uint256 index) private {
        ClaimNote memory note = _madeClaims[index];
        Claim[] memory branch = new Claim[](note.claim.level);
        for (uint256 i = 0; i < branch.length; ++i) {
            branch[i] = note.claim;
            note = _madeClaims[note.opponent];
        }
        try ROLLUP.resolve(branch) {} catch {}
    }
}
