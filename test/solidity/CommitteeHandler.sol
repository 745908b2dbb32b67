// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ICommittee, MemberStatus, Purpose, Statement} from "../../contracts/committee/ICommittee.sol";
import {AssertionId} from "../../contracts/Identifiers.sol";
import {IRollup} from "../../contracts/IRollup.sol";
import {CommitteeAttempts} from "./CommitteeAttempts.sol";
import {vm} from "./Vm.sol";

/// @notice What anybody may try with a committee. Every move must go through exactly where the model says so.
contract CommitteeHandler is CommitteeAttempts {
    uint256 private constant MOST_ASSERTIONS = 6;
    uint256 private constant FIRST_MEMBERS = 6;

    constructor() {
        for (uint256 who = 0; who < FIRST_MEMBERS; ++who) register(who);
        turn(1);
    }

    function turn(uint256 seed) public {
        uint256 number = vm.getBlockNumber();
        if (number > _drawBlock + 256) return;
        // Or it comes only so far that the pool is frozen.
        if (seed % 4 == 0 && !_isFrozen()) return _pass(_drawBlock - FREEZE_BLOCKS - number, 12);
        if (number <= _drawBlock) _pass(_drawBlock + 1 - number, 12);
        bytes memory header = _header(seed);
        vm.setBlockhash(_drawBlock, keccak256(header));
        _attempt(
            "turn with another header",
            false,
            _person(seed),
            0,
            abi.encodeCall(ICommittee.turn, (_header(~seed)))
        );
        uint256 pool = _committee.poolSize();
        if (!_attempt("turn", true, _person(seed), 0, abi.encodeCall(ICommittee.turn, (header)))) return;
        _starts.push(vm.getBlockTimestamp());
        _drawBlock = vm.getBlockNumber() + EPOCH_BLOCKS;
        uint256 seats = _committee.seated(_currentEpoch()).length;
        if (seats != (pool < SIZE ? 0 : SIZE)) broken = "a draw of another size";
        if (seats == 0) ++done["epoch without seats"];
        _strikeSlashed(_currentEpoch());
        if (_struck[_currentEpoch()] != 0) ++done["slashed seat drawn"];
    }

    function turnEarly(uint256 seed) external {
        if (vm.getBlockNumber() > _drawBlock) return;
        _attempt("early turn", false, _person(seed), 0, abi.encodeCall(ICommittee.turn, (_header(seed))));
    }

    /// @param long Whether nobody turns the epoch for so long that it cannot be turned.
    function postpone(bool long) external {
        if (long) _pass(300, 3600);
        bool missed = vm.getBlockNumber() > _drawBlock + 256;
        if (!_attempt("postpone", missed, _person(0), 0, abi.encodeCall(ICommittee.postpone, ()))) return;
        _drawBlock = vm.getBlockNumber() + EPOCH_BLOCKS;
    }

    function pass(uint256 blocks, uint256 time) external {
        _pass(1 + (blocks % 8), 1 + (time % 12 hours));
    }

    function register(uint256 seed) public {
        uint256 who = seed % PEOPLE;
        bytes memory proof = _possession(who, _keys[who], who);
        bool may = !_isFrozen() && _status[who] == MemberStatus.None;
        bytes memory data = abi.encodeCall(ICommittee.register, (_keys[who], proof));
        if (!_attempt("register", may, _person(who), STAKE, data)) return;
        _status[who] = MemberStatus.Bonded;
        paidIn += STAKE;
    }

    /// Somebody wants to join with another's key, with a proof that speaks of another, or with another stake.
    function registerFalsely(uint256 seed, uint256 other, bool cheap) external {
        (uint256 who, uint256 owner) = (seed % PEOPLE, other % PEOPLE);
        if (who == owner && !cheap) return;
        bytes memory proof = _possession(who, _keys[owner], who);
        uint256 paid = cheap ? STAKE - 1 - (other % 9) : STAKE;
        _attempt("false member", false, _person(who), paid, abi.encodeCall(ICommittee.register, (_keys[owner], proof)));
        proof = _possession(owner, _keys[owner], owner);
        if (who == owner) return;
        _attempt("stolen key", false, _person(who), STAKE, abi.encodeCall(ICommittee.register, (_keys[owner], proof)));
    }

    function resign(uint256 seed) external {
        uint256 who = seed % PEOPLE;
        bool may = !_isFrozen() && _status[who] == MemberStatus.Bonded;
        if (!_attempt("resign", may, _person(who), 0, abi.encodeCall(ICommittee.resign, ()))) return;
        _status[who] = MemberStatus.Leaving;
        _leftIn[who] = _currentEpoch();
    }

    function withdraw(uint256 seed) external {
        uint256 who = _one(seed, MemberStatus.Leaving);
        bool may = _status[who] == MemberStatus.Leaving && _isUnbonded(_leftIn[who]);
        if (!_attempt("withdraw", may, _person(who), 0, abi.encodeCall(ICommittee.withdraw, ()))) return;
        _status[who] = MemberStatus.None;
        _receive(who, STAKE);
    }

    function withdrawCredit(uint256 seed) external {
        uint256 who = seed % PEOPLE;
        bytes memory data = abi.encodeCall(ICommittee.withdrawCredit, (_person(who)));
        if (!_attempt("withdrawCredit", _credit[who] != 0, _person(seed >> 8), 0, data)) return;
        _receive(who, _credit[who]);
        _credit[who] = 0;
    }

    function remove(uint256 seed) external {
        uint256 who = _one(seed, MemberStatus.Slashed);
        (, uint32 place, , ) = _committee.members(_person(who));
        bool may = !_isFrozen() && _status[who] == MemberStatus.Slashed && place != 0;
        _attempt("remove", may, _person(seed >> 8), 0, abi.encodeCall(ICommittee.remove, (_person(who))));
    }

    /// A certificate of any seats that agree, of any epoch, is recorded while they are bonded.
    function attest(uint256 epochSeed, uint256 seed, uint256 chosen) external {
        (bool made, Signed memory signed) = _sign(_anEpoch(epochSeed), _aStatement(seed), chosen);
        if (made) _attest(signed);
    }

    /// The next state of the true chain is signed, as far as those who are asked agree, before it is asserted or after.
    function attestTruth(uint256 chosen) external {
        uint256 place = _asserted.length == 0 ? 0 : _asserted.length - ((chosen >> 8) % 2);
        uint256 epoch = place < _asserted.length ? _epochAt(_asserted[place].createdAt) : _currentEpoch();
        (bool made, Signed memory signed) = _sign(epoch, _truth(place), chosen);
        if (made) _attest(signed);
    }

    /// Somebody says that others signed than did, or in another epoch, or something else.
    function forge(uint256 seed, uint256 kind, uint256 change) external {
        if (_signed.length == 0) return;
        Signed memory forged = _signed[seed % _signed.length];
        Signed memory other = _signed[change % _signed.length];
        if (kind % 5 == 0) forged.certificate.signers ^= 1 + (change % ((1 << SIZE) - 1));
        else if (kind % 5 == 1) forged.certificate.signers |= 1 << (SIZE + (change % (256 - SIZE)));
        else if (kind % 5 == 2) forged.epoch = _anotherEpoch(forged.epoch, change);
        else if (kind % 5 == 3) forged.statement.value = keccak256(abi.encode(forged.statement.value, change));
        else if (keccak256(other.certificate.signature) != keccak256(forged.certificate.signature)) {
            forged.certificate.signature = other.certificate.signature;
        } else return;
        _attempt("forged check", false, _person(0), 0, _checkOf(forged));
        _attempt("forged certificate", false, _person(0), 0, _attestOf(forged));
    }

    /// A batch is posted with a certificate of any epoch and any number of signers.
    function batch(uint256 epochSeed, uint256 seed, uint256 chosen) external {
        uint256 epoch = epochSeed % 4 == 0 ? _anEpoch(epochSeed >> 2) : _currentEpoch();
        bytes32 root = bytes32(seed % 2);
        uint64 expiry = seed & 0x700 == 0 ? uint64(vm.getBlockTimestamp() + RETENTION - 1) : FOREVER;
        Statement memory statement = _batchStatement(seed >> 2, keccak256(abi.encode(root, uint64(32))), expiry);
        (bool made, Signed memory signed) = _sign(epoch, statement, chosen);
        if (!made) return;
        LIAR.tell(0, 0, statement.accumulator);
        bytes memory posted = abi.encode(root, uint64(32), expiry, signed.certificate);
        uint256 good = _bits(signed.certificate.signers & ~_struck[epoch]);
        bool may = epoch == _currentEpoch() && good >= QUORUM && expiry == FOREVER;
        if (!may && good < QUORUM) ++done["batch of too few"];
        if (!may && epoch != _currentEpoch()) ++done["batch of another epoch"];
        try LIAR.commit(KEPT, posted) {
            _judge("batch", may, true);
        } catch {
            _judge("batch", may, false);
        }
    }

    /// Two certificates are shown, which contradict each other or do not.
    function slashConflict(uint256 a, uint256 b, uint256 reporter) external {
        if (_signed.length == 0) return;
        Signed memory first = _signed[a % _signed.length];
        Signed memory second = _rivalOf(first, b);
        uint256 guilty = _conflict(first.statement, second.statement) ? _inBoth(first, second) : 0;
        bytes memory data = abi.encodeCall(
            ICommittee.slashConflict,
            (first.epoch, first.statement, first.certificate, second.epoch, second.statement, second.certificate)
        );
        if (_slash("slashConflict", first.epoch, guilty, reporter, data) && second.epoch != first.epoch) {
            _strikeSlashed(second.epoch);
        }
    }

    /// Members sign something and something else, as far as they agree to, and it is shown at once.
    function lie(uint256 epochSeed, uint256 seed, uint256 chosen) external {
        Statement memory statement = _aStatement(seed);
        _sign(_anEpoch(epochSeed), statement, chosen);
        statement.value = keccak256(abi.encode(statement.value));
        _sign(seed & 0x300 == 0 ? _anEpoch(seed >> 10) : _anEpoch(epochSeed), statement, chosen >> SIZE);
    }

    /// By what a contract says that only says it, those who signed about it have lied, and nobody else.
    function slashWrong(uint256 seed, uint256 reporter) external {
        if (_signed.length == 0) return;
        Signed memory signed = _about(address(LIAR), seed);
        Statement memory told = signed.statement;
        LIAR.tell(told.parent, told.value, told.accumulator);
        (told.purpose, told.subject, told.expiry) = (Purpose.Assertion, address(LIAR), 0);
        uint256 guilty = _recorded[_digest(signed.epoch, told)];
        bytes memory data = abi.encodeCall(
            ICommittee.slashWrong,
            (IRollup(address(LIAR)), AssertionId.wrap(0), signed.epoch)
        );
        _slash("slashWrong", signed.epoch, guilty, reporter, data);
    }

    /// Nobody loses anything by what no dispute has shown wrong.
    function slashRight(uint256 seed, uint256 epochSeed) external {
        if (_asserted.length == 0) return;
        AssertionId id = _asserted[seed % _asserted.length].id;
        bytes memory data = abi.encodeCall(ICommittee.slashWrong, (ROLLUP, id, _anEpoch(epochSeed)));
        _attempt("slashRight", false, _person(seed), 0, data);
    }

    function strike(uint256 epochSeed, uint256 seed) external {
        uint256 epoch = _anEpoch(epochSeed);
        uint256 seat = seed % (SIZE + 1);
        address[] memory seats = _committee.seated(epoch);
        bool slashed = seat < seats.length && _status[_numberOf(seats[seat])] == MemberStatus.Slashed;
        bool may = slashed && (_struck[epoch] >> seat) & 1 == 0;
        if (_attempt("strike", may, _person(seed >> 8), 0, abi.encodeCall(ICommittee.strike, (epoch, seat)))) {
            _struck[epoch] |= 1 << seat;
        }
    }

    /// The truth is asserted on the last truth.
    function assertTruth() external {
        uint256 place = _asserted.length;
        if (place == MOST_ASSERTIONS) return;
        Statement memory statement = _truth(place);
        vm.deal(address(this), ASSERTION_BOND);
        AssertionId parent = AssertionId.wrap(statement.parent);
        AssertionId id = ROLLUP.assertState{value: ASSERTION_BOND}(parent, 0, _state(place), statement.accumulator);
        _asserted.push(Asserted(id, statement, vm.getBlockTimestamp(), false));
    }

    /// Everything is confirmed that is final, and nothing else: by its committee, or when its window is over.
    function confirm() public {
        for (uint256 place = 0; place < _asserted.length; ++place) {
            Asserted memory made = _asserted[place];
            if (made.confirmed) continue;
            bool late = vm.getBlockTimestamp() >= made.createdAt + WINDOW;
            bool may = _isFinal(made) && (place == 0 || _asserted[place - 1].confirmed);
            bool passed = true;
            try ROLLUP.confirm(made.id) {} catch {
                passed = false;
            }
            if (_judge(late ? "confirm by window" : "confirm by committee", may, passed)) {
                _asserted[place].confirmed = true;
            }
        }
    }

    /// Whatever the committee did and did not: all that was asserted is confirmed when the window is over, and not before without it.
    function waitForWindow() external {
        if (_asserted.length == 0) return;
        uint256 over = _asserted[_asserted.length - 1].createdAt + WINDOW;
        uint256 time = vm.getBlockTimestamp();
        if (time + 1 < over) _pass(1, over - 1 - time);
        confirm();
        if (time < over) _pass(1, 1);
        confirm();
        if (!_asserted[_asserted.length - 1].confirmed) broken = "the committee holds the chain up";
    }

    function _attest(Signed memory signed) private {
        uint256 good = signed.certificate.signers & ~_struck[signed.epoch];
        try _committee.check(signed.epoch, signed.statement, signed.certificate) returns (uint256 found) {
            if (found != good) broken = "a check gives other signers";
        } catch {
            broken = "a good certificate is no good";
        }
        bool may = signed.statement.purpose == Purpose.Assertion && !_isUnbonded(signed.epoch);
        if (!_attempt("attest", may, _person(0), 0, _attestOf(signed))) return;
        _recorded[_digest(signed.epoch, signed.statement)] |= signed.certificate.signers;
    }
}
