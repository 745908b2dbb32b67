// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "../Identifiers.sol";
import {Assertion, AssertionStatus, IRollup} from "../IRollup.sol";
import {Bls} from "./Bls.sol";
import {Epochs} from "./Epochs.sol";
import {Certificate, CommitteeParameters, ICommittee, Member, MemberStatus, Purpose, Statement} from "./ICommittee.sol";
import {Seats} from "./Seats.sol";
import {Stakes} from "./Stakes.sol";
import {assertionStatement} from "./Statements.sol";

/// @notice What members have signed, and what becomes of those who lied, see `ICommittee`.
contract Committee is Epochs {
    /// @notice The domain separation tag of certificates, RFC 9380.
    bytes public constant CERTIFICATE_DOMAIN = "HARDHAT-ROLLUP-CERT-V1_BLS12381G1_XMD:SHA-256_SSWU_RO_";

    mapping(uint256 epoch => mapping(bytes32 digest => uint256)) private _signers;

    constructor(CommitteeParameters memory given) Stakes(given) {}

    /// @inheritdoc ICommittee
    function attest(uint256 epoch, Statement calldata statement, Certificate calldata certificate) external {
        if (statement.purpose != Purpose.Assertion) revert WrongPurpose(statement.purpose);
        _requireBonded(epoch);
        bytes32 digest = digestOf(epoch, statement);
        _check(epoch, digest, certificate);
        uint256 signers = _signers[epoch][digest] | certificate.signers;
        _signers[epoch][digest] = signers;
        emit Attested(epoch, digest, statement, signers);
    }

    /// @inheritdoc ICommittee
    function slashConflict(
        uint256 epochA,
        Statement calldata a,
        Certificate calldata certificateA,
        uint256 epochB,
        Statement calldata b,
        Certificate calldata certificateB
    ) external {
        if (!_conflict(a, b)) revert NoConflict();
        _check(epochA, digestOf(epochA, a), certificateA);
        _check(epochB, digestOf(epochB, b), certificateB);
        uint256 both = certificateA.signers & certificateB.signers;
        if (epochA != epochB) both = _inBoth(epochA, certificateA.signers, epochB, certificateB.signers);
        _slash(epochA, both);
        if (epochB != epochA && epochB != currentEpoch) _strikeSlashed(epochB);
    }

    /// @inheritdoc ICommittee
    function slashWrong(IRollup rollup, AssertionId assertion, uint256 epoch) external {
        Assertion memory wrong = rollup.assertion(assertion);
        if (wrong.status != AssertionStatus.Countered) revert NotCountered(assertion);
        _slash(epoch, _signers[epoch][_digest(epoch, assertionStatement(rollup, wrong))]);
    }

    /// @inheritdoc ICommittee
    function strike(uint256 epoch, uint256 seat) external {
        address[] memory seats = seated(epoch);
        bool slashed = seat < seats.length && members[seats[seat]].status == MemberStatus.Slashed;
        if (!slashed || (struck[epoch] >> seat) & 1 == 1) revert SeatNotStrikable(epoch, seat);
        _strike(epoch, seat);
    }

    /// @inheritdoc ICommittee
    function check(
        uint256 epoch,
        Statement calldata statement,
        Certificate calldata certificate
    ) external view returns (uint256 signers) {
        _check(epoch, digestOf(epoch, statement), certificate);
        return certificate.signers & ~struck[epoch];
    }

    /// @inheritdoc ICommittee
    function attesters(uint256 epoch, bytes32 digest) external view returns (uint256 signers) {
        return _signers[epoch][digest] & ~struck[epoch];
    }

    /// @inheritdoc ICommittee
    function digestOf(uint256 epoch, Statement calldata statement) public view returns (bytes32) {
        return _digest(epoch, statement);
    }

    function _digest(uint256 epoch, Statement memory statement) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), epoch, statement));
    }

    /// Nobody who had a seat can have left before that epoch, nor withdrawn before this.
    function _requireBonded(uint256 epoch) private view {
        uint256 over = epochs[epoch + 1].startedAt;
        if (over != 0 && block.timestamp >= over + UNBONDING) revert SignersUnbonded(epoch, over + UNBONDING);
    }

    function _check(uint256 epoch, bytes32 digest, Certificate calldata certificate) private view {
        address seats = epochs[epoch].seats;
        if (seats == address(0)) revert NoSeats(epoch);
        uint256 signers = certificate.signers;
        if (signers == 0) revert NobodySigned();
        if (signers >> SIZE != 0) revert NoSuchSeat(signers, SIZE);
        bytes memory key = Seats.keyOf(seats, signers, SIZE);
        if (!Bls.verify(key, digest, CERTIFICATE_DOMAIN, certificate.signature)) revert WrongSignature(epoch, digest);
    }

    function _conflict(Statement calldata a, Statement calldata b) private pure returns (bool) {
        bool sameQuestion = a.purpose == b.purpose && a.subject == b.subject && a.parent == b.parent;
        return sameQuestion && a.accumulator == b.accumulator && a.value != b.value;
    }

    /// The seats of epoch `a` whose members are signers in both.
    function _inBoth(uint256 a, uint256 signersA, uint256 b, uint256 signersB) private view returns (uint256 both) {
        (address[] memory seatsA, address[] memory seatsB) = (seated(a), seated(b));
        for (uint256 i = 0; i < seatsA.length; ++i) {
            if ((signersA >> i) & 1 == 0) continue;
            for (uint256 j = 0; j < seatsB.length; ++j) {
                if ((signersB >> j) & 1 == 1 && seatsA[i] == seatsB[j]) both |= 1 << i;
            }
        }
    }

    /// Takes the stakes of those in the given seats, and their seats there and in the current epoch.
    function _slash(uint256 epoch, uint256 guilty) private {
        address[] memory seats = seated(epoch);
        uint256 count = 0;
        uint256 reward = _forfeit(0);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            if ((guilty >> seat) & 1 == 0) continue;
            Member storage member = members[seats[seat]];
            if (member.status == MemberStatus.Bonded || member.status == MemberStatus.Leaving) {
                ++count;
                member.status = MemberStatus.Slashed;
                if (member.place != 0 && !frozen()) _takeOut(member);
                emit MemberSlashed(seats[seat], msg.sender, reward, STAKE - reward);
            }
            if ((struck[epoch] >> seat) & 1 == 0) _strike(epoch, seat);
        }
        if (count == 0) revert NobodyToSlash();
        _forfeit(count);
        if (epoch != currentEpoch) _strikeSlashed(currentEpoch);
    }

    function _strikeSlashed(uint256 epoch) private {
        address[] memory seats = seated(epoch);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            bool slashed = members[seats[seat]].status == MemberStatus.Slashed;
            if (slashed && (struck[epoch] >> seat) & 1 == 0) _strike(epoch, seat);
        }
    }

    function _strike(uint256 epoch, uint256 seat) private {
        struck[epoch] |= 1 << seat;
        emit SeatStruck(epoch, seat);
    }
}
