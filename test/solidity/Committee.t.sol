// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CommitteeHandler} from "./CommitteeHandler.sol";

/// @notice What the runner is told to call.
struct FuzzInterface {
    address addr;
    string[] artifacts;
}

/// @notice What holds of a committee whatever its members, strangers and reporters do.
/// hardhat-config: default.invariant.runs = 20
/// hardhat-config: default.invariant.depth = 80
contract CommitteeTest {
    CommitteeHandler private _handler;

    function setUp() external {
        _handler = new CommitteeHandler();
    }

    /// Names the handler's artifact, which the runner does not find by its code, since that holds immutables.
    function targetInterfaces() external view returns (FuzzInterface[] memory targets) {
        targets = new FuzzInterface[](1);
        targets[0] = FuzzInterface(address(_handler), new string[](1));
        targets[0].artifacts[0] = "CommitteeHandler";
    }

    /// One campaign for all, since each would walk the same ways: no certificate below its threshold or of the wrong epoch was accepted, no
    /// evidence refused that is true nor any heard that is false, nobody was paid what is not theirs, nothing was held up.
    function invariant_whateverAnybodyDoes() external view {
        require(bytes(_handler.broken()).length == 0, _handler.broken());
        _handler.requireStakesConserved();
        _handler.requirePeopleRight();
        _handler.requireSeatsStaked();
        _handler.requireFinalityRight();
    }

    /// A long walk meets every outcome that there is, so that the invariants are not about nothing.
    function test_walksMeetEveryOutcome() external {
        string[15] memory kinds = [
            "register",
            "resign",
            "withdraw",
            "turn",
            "postpone",
            "attest",
            "batch",
            "batch of too few",
            "batch of another epoch",
            "slashConflict",
            "slashWrong",
            "remove",
            "confirm by committee",
            "confirm by window",
            "slashed seat drawn"
        ];
        uint256[15] memory met;
        for (uint256 walk = 0; walk < 6; ++walk) {
            _handler = new CommitteeHandler();
            for (uint256 i = 0; i < 150; ++i) {
                _move(uint256(keccak256(abi.encode(walk, i))));
                if (i % 10 == 9) this.invariant_whateverAnybodyDoes();
            }
            for (uint256 i = 0; i < kinds.length; ++i) met[i] += _handler.done(kinds[i]);
        }
        string memory missed = "";
        for (uint256 i = 0; i < kinds.length; ++i) {
            if (met[i] == 0) missed = string.concat(missed, " ", kinds[i]);
        }
        require(bytes(missed).length == 0, missed);
    }

    function test_aChainGoesOnWithoutItsCommittee() external {
        for (uint256 i = 0; i < 9; ++i) _handler.resign(i);
        _handler.turn(2);
        _handler.assertTruth();
        _handler.attestTruth(0x107);
        _handler.confirm();
        require(_handler.done("epoch without seats") == 1, "the epoch has seats");
        require(_handler.done("confirm by committee") == 0, "confirmed by nobody");
        _handler.waitForWindow();
        require(_handler.done("confirm by window") == 1, "held up");
        this.invariant_whateverAnybodyDoes();
    }

    function test_anAttestedAssertionWaitsForNobody() external {
        _handler.assertTruth();
        _handler.attestTruth(0x101);
        _handler.confirm();
        require(_handler.done("confirm by committee") == 0, "confirmed by one");
        _handler.attestTruth(0x106);
        _handler.confirm();
        require(_handler.done("confirm by committee") == 1, "not confirmed by three");
        this.invariant_whateverAnybodyDoes();
    }

    function _move(uint256 seed) private {
        uint256 kind = seed % 24;
        (uint256 a, uint256 b, uint256 c) = (seed >> 8, seed >> 72, seed >> 136);
        if (kind < 2) _handler.register(a);
        else if (kind == 2) _handler.registerFalsely(a, b, c % 2 == 0);
        else if (kind == 3) _handler.resign(a);
        else if (kind == 4) _handler.withdraw(a);
        else if (kind < 7) _handler.turn(a);
        else if (kind == 7) _handler.postpone(a % 4 == 0);
        else if (kind == 8) _handler.pass(a, b);
        else if (kind == 9) _handler.attest(a, b, c);
        else if (kind < 12) _handler.attestTruth(a);
        else if (kind == 12) _handler.forge(a, b, c);
        else if (kind < 15) _handler.batch(a, b, c);
        else if (kind == 15) _handler.slashConflict(a, b, c);
        else if (kind == 16) _handler.lie(a, b, c);
        else if (kind == 17) _handler.slashWrong(a, b);
        else if (kind == 18) _handler.strike(a, b);
        else if (kind == 19) _handler.remove(a);
        else if (kind == 20) _handler.withdrawCredit(a);
        else if (kind == 21) _handler.assertTruth();
        else if (kind == 22) _handler.confirm();
        else _rarely(seed >> 200);
    }

    function _rarely(uint256 seed) private {
        if (seed % 3 == 0) _handler.waitForWindow();
        else if (seed % 3 == 1) _handler.slashRight(seed >> 8, seed >> 16);
        else _handler.turnEarly(seed >> 8);
    }
}
