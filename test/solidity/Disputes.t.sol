// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ClaimRecord, ClaimStatus} from "../../contracts/dispute/IClaimTree.sol";
import {AssertionId} from "../../contracts/Identifiers.sol";
import {Assertion, AssertionStatus, IRollup} from "../../contracts/IRollup.sol";
import {DisputeHandler} from "./DisputeHandler.sol";
import {DisputeWorld} from "./DisputeWorld.sol";

/// @notice What the runner is told to call.
struct FuzzInterface {
    address addr;
    string[] artifacts;
}

/// @notice What holds whatever liars do.
/// hardhat-config: default.invariant.runs = 100
/// hardhat-config: default.invariant.depth = 60
contract DisputesTest {
    uint256 private constant ASSERTION_BOND = 1 ether;
    uint256 private constant BURNED = 1000;

    DisputeHandler private _handler;
    IRollup private _rollup;

    function setUp() external {
        _handler = new DisputeHandler();
        _rollup = IRollup(_handler.rollupAddress());
    }

    /// Names the handler's artifact, which the runner does not find by its code, since that holds immutables.
    function targetInterfaces() external view returns (FuzzInterface[] memory targets) {
        targets = new FuzzInterface[](1);
        targets[0] = FuzzInterface(address(_handler), new string[](1));
        targets[0].artifacts[0] = "DisputeHandler";
    }

    /// One campaign for all, since each would walk the same ways.
    function invariant_whateverLiarsDo() external view {
        _bondsAreConserved();
        _confirmedAssertionsAreOneChain();
        _nothingFalseIsConfirmed();
        _honestClaimsAreNeverCountered();
        _disputesEndByTheirBound();
        _pendingAnswersAreCounted();
    }

    /// A long walk meets every outcome that there is, so that the invariants are not about nothing.
    function test_walksMeetEveryOutcome() external {
        bool[7] memory met;
        uint256 advanced = 0;
        for (uint256 walk = 0; walk < 5; ++walk) {
            _handler = new DisputeHandler();
            _rollup = IRollup(_handler.rollupAddress());
            for (uint256 i = 0; i < 80; ++i) _move(uint256(keccak256(abi.encode(walk, i))));
            this.invariant_whateverLiarsDo();
            for (uint256 i = 0; i < _handler.claimCount(); ++i) {
                met[uint256(_rollup.claimRecord(_handler.madeClaim(i).id).status)] = true;
            }
            if (_rollup.latestConfirmed() != _handler.confirmed(0)) ++advanced;
        }
        require(advanced > 2, "too few walks confirmed anything");
        require(met[uint256(ClaimStatus.Standing)], "no claim stood");
        require(met[uint256(ClaimStatus.Settled)], "no claim was countered");
        require(met[uint256(ClaimStatus.Refuted)], "no claim was refuted");
    }

    function test_claimsGoHomeWhenARivalIsConfirmed() external {
        _handler.assertTruth();
        _handler.sleep(60 hours);
        _handler.assertLie(1, "lie", 5);
        _handler.pass(10);
        _handler.sleep(13 hours);
        _handler.confirm(0);
        _handler.reject(0);
        _handler.reclaim(0);
        require(_rollup.latestConfirmed() == _handler.madeAssertion(0).id, "the truth is not confirmed");
        require(_rollup.claimRecord(_handler.madeClaim(0).id).status == ClaimStatus.Reclaimed, "no claim went home");
        this.invariant_whateverLiarsDo();
    }

    /// Bonds in are bonds out, what is credited, what is held for undecided words, and what is burned.
    function _bondsAreConserved() private view {
        (uint256 held, uint256 burned) = _heldByAssertions();
        for (uint256 i = 0; i < _handler.claimCount(); ++i) {
            DisputeWorld.ClaimNote memory note = _handler.madeClaim(i);
            uint256 bond = _rollup.claimBond(note.claim.level);
            ClaimStatus status = _rollup.claimRecord(note.id).status;
            if (status == ClaimStatus.Open || status == ClaimStatus.Countered) held += bond;
            if (status == ClaimStatus.Settled || status == ClaimStatus.Refuted) burned += (bond * BURNED) / 10_000;
        }
        uint256 credited = _rollup.credit(address(0x600d)) + _rollup.credit(address(0xbad));
        require(address(_rollup).balance == held + credited + burned, "bonds are lost or made");
        require(_handler.paidIn() == held + credited + burned + _handler.paidOut(), "more came in or went out");
    }

    /// Confirmed assertions are a chain from genesis, of which none is ever undone.
    function _confirmedAssertionsAreOneChain() private view {
        AssertionId last = _rollup.latestConfirmed();
        uint256 length = 1;
        while (_rollup.assertion(last).end != 0) {
            Assertion memory above = _rollup.assertion(last);
            require(above.status == AssertionStatus.Confirmed, "unconfirmed parent of a confirmed assertion");
            last = above.parent;
            ++length;
        }
        uint256 count = 0;
        for (uint256 i = 0; i < _handler.assertionCount(); ++i) {
            if (_status(i) == AssertionStatus.Confirmed) ++count;
        }
        require(count + 1 == length, "a parent with two confirmed children");
        for (uint256 i = 0; i < length; ++i) {
            require(
                _rollup.assertion(_handler.confirmed(i)).status == AssertionStatus.Confirmed,
                "a confirmation undone"
            );
        }
    }

    function _nothingFalseIsConfirmed() private view {
        for (uint256 i = 0; i < _handler.assertionCount(); ++i) {
            DisputeWorld.AssertionNote memory note = _handler.madeAssertion(i);
            bool isTrue = note.onTruth && note.word.salt == 0;
            if (!isTrue) require(_status(i) != AssertionStatus.Confirmed, "a lie was confirmed");
            else require(_status(i) != AssertionStatus.Countered, "a truth was countered");
        }
    }

    /// The honest party loses no claim, and is refused no move.
    function _honestClaimsAreNeverCountered() private view {
        for (uint256 i = 0; i < _handler.claimCount(); ++i) {
            DisputeWorld.ClaimNote memory note = _handler.madeClaim(i);
            if (note.word.salt != 0) continue;
            ClaimStatus status = _rollup.claimRecord(note.id).status;
            require(
                status == ClaimStatus.Open || status == ClaimStatus.Standing || status == ClaimStatus.Reclaimed,
                "an honest claim was countered"
            );
        }
        require(!_handler.honestMoveRefused(), "an honest move was refused");
        require(!_handler.truthRefused(), "the truth was refused");
    }

    function _disputesEndByTheirBound() private view {
        require(!_handler.disputeOutlivedItsBound(), "a dispute outlived its bound");
    }

    /// Counts of open answers, by which bonds are paid, are what they say.
    function _pendingAnswersAreCounted() private view {
        uint256 count = _handler.claimCount();
        uint256[] memory open = new uint256[](count);
        uint256[] memory openAgainst = new uint256[](_handler.assertionCount());
        for (uint256 i = 0; i < count; ++i) {
            DisputeWorld.ClaimNote memory note = _handler.madeClaim(i);
            if (_rollup.claimRecord(note.id).status != ClaimStatus.Open) continue;
            if (note.claim.level == 1) ++openAgainst[note.assertion];
            else ++open[note.opponent];
        }
        for (uint256 i = 0; i < count; ++i) {
            ClaimRecord memory record = _rollup.claimRecord(_handler.madeClaim(i).id);
            require(record.pending == open[i], "answers miscounted");
        }
        for (uint256 i = 0; i < openAgainst.length; ++i) {
            require(_rollup.pendingClaims(_handler.madeAssertion(i).id) == openAgainst[i], "claims miscounted");
        }
    }

    function _move(uint256 random) private {
        uint256 kind = random % 16;
        random >>= 8;
        bytes32 salt = keccak256(abi.encode(random));
        if (kind < 2) _handler.assertTruth();
        else if (kind < 4) _handler.assertLie(random, salt, uint64(random >> 64));
        else if (kind < 6) _handler.lieAgainstAssertion(random, salt, uint64(random >> 64) % 5);
        else if (kind < 9)
            _handler.lieAgainstClaim(random, salt, uint64(random >> 64), uint64(random >> 128), kind < 8);
        else if (kind == 9) _handler.pass(random);
        else if (kind == 10) _handler.sleep(random);
        else if (kind == 11) _handler.resolve(random);
        else if (kind == 12) _handler.confirm(random);
        else if (kind == 13) _handler.reject(random);
        else if (kind == 14) _handler.reclaim(random);
        else if (random % 4 == 0) _handler.endEverything();
        else _handler.withdraw(random % 2 == 0);
    }

    function _heldByAssertions() private view returns (uint256 held, uint256 burned) {
        for (uint256 i = 0; i < _handler.assertionCount(); ++i) {
            AssertionStatus status = _status(i);
            bool unpaid = _rollup.pendingClaims(_handler.madeAssertion(i).id) != 0;
            if (status == AssertionStatus.Pending || (status == AssertionStatus.Countered && unpaid))
                held += ASSERTION_BOND;
            else if (status == AssertionStatus.Countered) burned += (ASSERTION_BOND * BURNED) / 10_000;
            else if (status == AssertionStatus.Rejected) burned += ASSERTION_BOND;
        }
    }

    function _status(uint256 index) private view returns (AssertionStatus) {
        return _rollup.assertion(_handler.madeAssertion(index).id).status;
    }
}
