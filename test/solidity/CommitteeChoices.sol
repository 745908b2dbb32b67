// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ICommittee, MemberStatus, Purpose, Statement} from "../../contracts/committee/ICommittee.sol";
import {CommitteeWorld} from "./CommitteeWorld.sol";

/// @notice Who and what a random number stands for, often enough something about which something can happen.
abstract contract CommitteeChoices is CommitteeWorld {
    uint64 internal constant FOREVER = type(uint64).max;

    /// A header of which nothing but the randomness is looked at: thirteen empty fields before it.
    function _header(uint256 randomness) internal pure returns (bytes memory) {
        return abi.encodePacked(hex"ee80808080808080808080808080a0", randomness);
    }

    /// The current epoch, or any before it.
    function _anEpoch(uint256 seed) internal view returns (uint256) {
        return seed % 2 == 0 ? _currentEpoch() : (seed >> 1) % (_currentEpoch() + 1);
    }

    function _anotherEpoch(uint256 epoch, uint256 seed) internal view returns (uint256) {
        uint256 current = _currentEpoch();
        return (epoch + 1 + (seed % current)) % (current + 1);
    }

    /// One of those with a status if there are any, but not always.
    function _one(uint256 seed, MemberStatus status) internal view returns (uint256 who) {
        who = seed % PEOPLE;
        if ((seed >> 16) % 4 == 0) return who;
        for (uint256 i = 0; i < PEOPLE; ++i) if (_status[(who + i) % PEOPLE] == status) return (who + i) % PEOPLE;
    }

    /// Something about the true chain, true or false; about no assertion of it; about a chain that is none; or about a batch.
    function _aStatement(uint256 seed) internal returns (Statement memory statement) {
        uint256 kind = seed % 4;
        seed >>= 2;
        if (kind == 0) {
            statement = _truth(seed % (_asserted.length + 1));
            if ((seed >> 8) % 2 == 0) statement.value = keccak256("false");
            return statement;
        }
        if (kind == 1) return _batchStatement(seed, bytes32((seed >> 4) % 3), FOREVER);
        address subject = kind == 2 ? address(ROLLUP) : address(LIAR);
        bytes32 value = bytes32((seed >> 4) % 2);
        return Statement(Purpose.Assertion, subject, bytes32(seed % 2), bytes32((seed >> 2) % 2), value, 0);
    }

    function _batchStatement(uint256 seed, bytes32 value, uint64 expiry) internal view returns (Statement memory) {
        return Statement(Purpose.Batch, address(LIAR), 0, bytes32(seed % 3), value, expiry);
    }

    /// A certificate that contradicts another one if there is any, but not always.
    function _rivalOf(Signed memory first, uint256 seed) internal view returns (Signed memory) {
        uint256 count = _signed.length;
        for (uint256 i = 0; i < count && (seed >> 16) % 4 != 0; ++i) {
            Signed memory rival = _signed[((seed % count) + i) % count];
            if (_conflict(first.statement, rival.statement)) return rival;
        }
        return _signed[seed % count];
    }

    /// A certificate about somebody's assertions if there is any, but not always.
    function _about(address subject, uint256 seed) internal view returns (Signed memory) {
        uint256 count = _signed.length;
        for (uint256 i = 0; i < count && (seed >> 16) % 4 != 0; ++i) {
            Signed memory signed = _signed[((seed % count) + i) % count];
            bool about = signed.statement.subject == subject && signed.statement.purpose == Purpose.Assertion;
            if (about && _recorded[_digest(signed.epoch, signed.statement)] != 0) return signed;
        }
        return _signed[seed % count];
    }

    /// The seats of the first one's epoch whose members have signed both.
    function _inBoth(Signed memory first, Signed memory second) internal view returns (uint256 both) {
        address[] memory seats = _committee.seated(first.epoch);
        uint256 people = _signersOf(second);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            bool signed = (first.certificate.signers >> seat) & 1 == 1;
            if (signed && (people >> _numberOf(seats[seat])) & 1 == 1) both |= 1 << seat;
        }
    }

    function _checkOf(Signed memory signed) internal pure returns (bytes memory) {
        return abi.encodeCall(ICommittee.check, (signed.epoch, signed.statement, signed.certificate));
    }

    function _attestOf(Signed memory signed) internal pure returns (bytes memory) {
        return abi.encodeCall(ICommittee.attest, (signed.epoch, signed.statement, signed.certificate));
    }

    /// People as a bitmap.
    function _signersOf(Signed memory signed) private view returns (uint256 people) {
        address[] memory seats = _committee.seated(signed.epoch);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            if ((signed.certificate.signers >> seat) & 1 == 1) people |= 1 << _numberOf(seats[seat]);
        }
    }
}
