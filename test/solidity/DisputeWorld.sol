// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Claim, ClaimRecord} from "../../contracts/dispute/IClaimTree.sol";
import {AssertionId, ClaimId, Position} from "../../contracts/Identifiers.sol";
import {InputHeader, InputKind} from "../../contracts/Input.sol";
import {QueuedMessage} from "../../contracts/IInbox.sol";
import {AssertionStatus} from "../../contracts/IRollup.sol";
import {MachineState, StateHash} from "../../contracts/machines/MachineState.sol";
import {Histories} from "./Histories.sol";
import {SmallChain} from "./SmallChain.sol";
import {Truth, Truths, Word} from "./Truths.sol";
import {vm} from "./Vm.sol";

/// @notice The moves that parties make on a small chain, and what was moved so far.
abstract contract DisputeWorld is SmallChain {
    address internal constant HONEST = address(0x600d);
    address internal constant LIAR = address(0xbad);

    struct AssertionNote {
        AssertionId id;
        AssertionId parent;
        Word word;
        /// Which input it covers.
        uint256 input;
        /// Whether its parent is true, so that there is a truth about it.
        bool onTruth;
    }

    struct ClaimNote {
        ClaimId id;
        Claim claim;
        Word word;
        uint256 assertion;
        /// Place of the claim that it is against; its own place at level 1.
        uint256 opponent;
        /// Whether the honest party answered it.
        bool answered;
    }

    AssertionNote[] internal _madeAssertions;
    ClaimNote[] internal _madeClaims;
    Truth[] internal _truths;
    /// Bonds paid in, and credits paid out, in wei.
    uint256 internal _paidIn;
    uint256 internal _paidOut;

    function assertionCount() external view returns (uint256) {
        return _madeAssertions.length;
    }

    function claimCount() external view returns (uint256) {
        return _madeClaims.length;
    }

    function madeAssertion(uint256 index) external view returns (AssertionNote memory) {
        return _madeAssertions[index];
    }

    function madeClaim(uint256 index) external view returns (ClaimNote memory) {
        return _madeClaims[index];
    }

    /// Appends an input of one word, and follows the machine through it.
    function _appendInput() internal {
        uint256 number = _truths.length;
        bytes32 word = keccak256(abi.encode("input", number));
        InputHeader memory header = InputHeader({
            previous: number == 0 ? bytes32(0) : INBOX.inputHash(number - 1),
            kind: InputKind.Batch,
            sender: address(this),
            source: address(SOURCE),
            commitment: word,
            length: 32,
            budget: BUDGET,
            number: uint64(number),
            timestamp: uint64(block.timestamp),
            blockNumber: uint64(block.number)
        });
        INBOX.appendBatch(number, 0, abi.encode(word), new QueuedMessage[](0));
        require(INBOX.inputHash(number) == header.hash(), "another header");
        MachineState memory start = number == 0 ? _genesis() : _truths[number - 1].states[3];
        bytes32 sum = number == 0 ? bytes32(0) : _truths[number - 1].sum;
        _truths.push(Truths.follow(start, sum, header, word));
    }

    /// Asserts what `word` says after the input that follows `parent`; gives whether it was accepted.
    function _assert(
        address author,
        AssertionNote memory note,
        MachineState memory state,
        uint256 attempt
    ) internal returns (bool) {
        bytes32 last = INBOX.inputHash(note.input);
        vm.deal(author, ASSERTION_BOND);
        vm.prank(author);
        try ROLLUP.assertState{value: ASSERTION_BOND}(note.parent, attempt, state, last) returns (AssertionId id) {
            note.id = id;
            _madeAssertions.push(note);
            _paidIn += ASSERTION_BOND;
            return true;
        } catch {
            return false;
        }
    }

    function _claimAgainstAssertion(address author, uint256 index, Word memory word) internal returns (bool) {
        AssertionNote memory note = _madeAssertions[index];
        Truth memory truth = _truths[note.input];
        ClaimNote memory made;
        made.word = word;
        made.assertion = index;
        made.opponent = _madeClaims.length;
        made.claim.assertion = note.id;
        made.claim.opponent = AssertionId.unwrap(note.id);
        made.claim.level = 1;
        made.claim.start = StateHash.wrap(keccak256(abi.encode(truth.states[0])) >> 8);
        bytes32[65] memory states = _states(made);
        made.claim.history = Histories.root(states);
        vm.deal(author, _claimBond(1));
        vm.prank(author);
        try ROLLUP.claimAgainstAssertion{value: _claimBond(1)}(note.id, Histories.data(states)) returns (ClaimId id) {
            made.id = id;
            _madeClaims.push(made);
            _paidIn += _claimBond(1);
            return true;
        } catch {
            return false;
        }
    }

    function _claimAgainstClaim(address author, uint256 index, uint64 entry, Word memory word) internal returns (bool) {
        ClaimNote memory opponent = _madeClaims[index];
        bytes32[65] memory theirs = _states(opponent);
        ClaimNote memory made;
        made.word = word;
        made.assertion = opponent.assertion;
        made.opponent = index;
        made.claim.assertion = opponent.claim.assertion;
        made.claim.opponent = ClaimId.unwrap(opponent.id);
        made.claim.level = opponent.claim.level + 1;
        made.claim.index = entry;
        made.claim.position = opponent.claim.position.plus(entry * _stride(opponent.claim.level));
        made.claim.start = StateHash.wrap(theirs[entry]);
        bytes32[65] memory states = _states(made);
        made.claim.history = Histories.root(states);
        uint256 bond = _claimBond(made.claim.level);
        vm.deal(author, bond);
        bytes memory opening = Histories.opening(theirs, entry);
        vm.prank(author);
        try
            ROLLUP.claimAgainstClaim{value: bond}(
                opponent.claim,
                entry,
                StateHash.wrap(theirs[entry]),
                StateHash.wrap(theirs[entry + 1]),
                opening,
                Histories.shortData(states)
            )
        returns (ClaimId id) {
            made.id = id;
            _madeClaims.push(made);
            _paidIn += bond;
            return true;
        } catch {
            return false;
        }
    }

    /// Refutes the claim at `index` with the true step at `entry`.
    function _prove(address prover, uint256 index, uint64 entry) internal {
        ClaimNote memory note = _madeClaims[index];
        bytes32[65] memory states = _states(note);
        Truth memory truth = _truths[_madeAssertions[note.assertion].input];
        uint64 position = Position.unwrap(note.claim.position) + entry;
        uint256 place = position < 3 ? position : 3;
        bytes memory opening = Histories.opening(states, entry);
        vm.prank(prover);
        ROLLUP.prove(
            note.claim,
            entry,
            StateHash.wrap(states[entry + 1]),
            opening,
            truth.states[place],
            truth.witnesses[place]
        );
    }

    /// The states at indices 0 to 64 of a claim.
    function _states(ClaimNote memory note) internal view returns (bytes32[65] memory) {
        return _statesOf(note, note.word);
    }

    /// What `word` says of the states in a claim.
    function _statesOf(ClaimNote memory note, Word memory word) internal view returns (bytes32[65] memory states) {
        Truth memory truth = _truths[_madeAssertions[note.assertion].input];
        uint64 stride = _stride(note.claim.level);
        uint64 position = Position.unwrap(note.claim.position);
        states[0] = StateHash.unwrap(note.claim.start);
        for (uint64 i = 1; i <= 64; ++i) {
            uint64 next = position + i * stride;
            // Past its last change a trace stays as it is, and so does its hash.
            bool same = i > 1 && next - stride >= 3 && (next - stride >= word.from || next < word.from);
            states[i] = same ? states[i - 1] : truth.hashAt(word, next);
        }
    }

    function _stride(uint8 level) internal pure returns (uint64) {
        return uint64(1) << (6 * (LEVELS - level));
    }

    function _recordOf(uint256 index) internal view returns (ClaimRecord memory) {
        return ROLLUP.claimRecord(_madeClaims[index].id);
    }

    function _statusOf(uint256 index) internal view returns (AssertionStatus) {
        return ROLLUP.assertion(_madeAssertions[index].id).status;
    }
}
