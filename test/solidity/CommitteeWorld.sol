// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Committee} from "../../contracts/committee/Committee.sol";
import {
    Certificate,
    CommitteeParameters,
    MemberStatus,
    Purpose,
    Statement
} from "../../contracts/committee/ICommittee.sol";
import {AssertionId} from "../../contracts/Identifiers.sol";
import {QueuedMessage} from "../../contracts/IInbox.sol";
import {MachineState, StateHash} from "../../contracts/machines/MachineState.sol";
import {IRule} from "../../contracts/rules/IRule.sol";
import {RuleFactory, RuleKind, RuleNode} from "../../contracts/rules/RuleFactory.sol";
import {CommitteeSource} from "../../contracts/sources/CommitteeSource.sol";
import {FalseChain} from "../../contracts/test/FalseChain.sol";
import {BlsSigner} from "./BlsSigner.sol";
import {SmallChain} from "./SmallChain.sol";
import {vm} from "./Vm.sol";

/// @notice A chain that is final by two of its committee's three members or after a window, a contract that lies about being one, the people
/// who may be members, what they sign, and what a model says that the committee holds.
abstract contract CommitteeWorld is SmallChain {
    uint256 internal constant PEOPLE = 9;
    /// The first of them never sign two statements that conflict.
    uint256 internal constant HONEST = 3;
    uint16 internal constant SIZE = 3;
    uint64 internal constant QUORUM = 2;
    uint256 internal constant STAKE = 1 ether + 7;
    uint32 internal constant EPOCH_BLOCKS = 30;
    uint32 internal constant FREEZE_BLOCKS = 12;
    uint32 internal constant UNBONDING = 2 days;
    uint16 internal constant REPORTER_SHARE = 1234;
    uint256 internal constant REWARD = (STAKE * REPORTER_SHARE) / 10_000;
    uint256 internal constant RETENTION = 10 days;
    uint256 private constant FIRST_PERSON = 0xa11ce0000;
    uint256 private constant MOST_SIGNED = 32;

    /// A certificate that was met.
    struct Signed {
        uint256 epoch;
        Statement statement;
        Certificate certificate;
    }

    struct Asserted {
        AssertionId id;
        Statement statement;
        uint256 createdAt;
        bool confirmed;
    }

    Committee internal _committee;
    CommitteeSource internal immutable KEPT;
    FalseChain internal immutable LIAR = new FalseChain();

    bytes[PEOPLE] internal _keys;
    Signed[] internal _signed;
    uint256 private _signedCount;
    Asserted[] internal _asserted;
    mapping(bytes32 question => bytes32) private _honestLog;

    /// What the model says: of people, of epochs, of what is recorded.
    MemberStatus[PEOPLE] internal _status;
    uint256[PEOPLE] internal _leftIn;
    uint256[PEOPLE] internal _credit;
    uint256[] internal _starts;
    mapping(uint256 epoch => uint256) internal _struck;
    mapping(bytes32 digest => uint256) internal _recorded;
    uint256 internal _drawBlock;

    constructor() {
        KEPT = new CommitteeSource(_committee, QUORUM, RETENTION);
        for (uint256 who = 0; who < PEOPLE; ++who) _keys[who] = BlsSigner.keyOf(_secret(who));
        _starts.push(0);
        _drawBlock = vm.getBlockNumber() + EPOCH_BLOCKS;
    }

    function _rule() internal override returns (IRule) {
        _committee = new Committee(
            CommitteeParameters(IERC20(address(0)), STAKE, SIZE, EPOCH_BLOCKS, FREEZE_BLOCKS, UNBONDING, REPORTER_SHARE)
        );
        RuleNode[] memory nodes = new RuleNode[](3);
        nodes[0] = RuleNode(RuleKind.Attested, QUORUM, address(_committee), new uint256[](0));
        nodes[1] = RuleNode(RuleKind.Unchallenged, WINDOW, address(0), new uint256[](0));
        nodes[2] = RuleNode(RuleKind.AnyOf, 0, address(0), new uint256[](2));
        nodes[2].parts[1] = 1;
        return new RuleFactory().create(nodes);
    }

    function _person(uint256 who) internal pure returns (address) {
        return address(uint160(FIRST_PERSON + (who % PEOPLE)));
    }

    function _numberOf(address person) internal pure returns (uint256) {
        return uint160(person) - FIRST_PERSON;
    }

    function _secret(uint256 who) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("secret", who))) % BlsSigner.ORDER;
    }

    /// The proof that `who` owns `key`, by the owner of another one if `signer` is somebody else.
    function _possession(uint256 who, bytes memory key, uint256 signer) internal view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encode(block.chainid, _committee, _person(who), key));
        return BlsSigner.sign(_secret(signer), digest, _committee.POSSESSION_DOMAIN());
    }

    function _digest(uint256 epoch, Statement memory statement) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, _committee, epoch, statement));
    }

    /// Makes the certificate of those of the chosen seats whose members agree to sign, and remembers it.
    function _sign(
        uint256 epoch,
        Statement memory statement,
        uint256 chosen
    ) internal returns (bool made, Signed memory signed) {
        address[] memory seats = _committee.seated(epoch);
        uint256 secrets = 0;
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            uint256 who = _numberOf(seats[seat]);
            if ((chosen >> seat) & 1 == 0 || !_agrees(who, statement)) continue;
            secrets = addmod(secrets, _secret(who), BlsSigner.ORDER);
            signed.certificate.signers |= 1 << seat;
        }
        if (signed.certificate.signers == 0) return (false, signed);
        (signed.epoch, signed.statement) = (epoch, statement);
        signed.certificate.signature = BlsSigner.sign(
            secrets,
            _digest(epoch, statement),
            _committee.CERTIFICATE_DOMAIN()
        );
        if (_signed.length < MOST_SIGNED) _signed.push(signed);
        else _signed[_signedCount % MOST_SIGNED] = signed;
        ++_signedCount;
        return (true, signed);
    }

    /// Twin of `Committee._conflict`.
    function _conflict(Statement memory a, Statement memory b) internal pure returns (bool) {
        return _question(a) == _question(b) && a.value != b.value;
    }

    /// What the `count`-th assertion of the true chain says, whether it was made or is the next one.
    function _truth(uint256 place) internal returns (Statement memory) {
        if (place < _asserted.length) return _asserted[place].statement;
        place = _asserted.length;
        if (INBOX.count() == place) INBOX.appendBatch(place, 0, abi.encode(place), new QueuedMessage[](0));
        return
            Statement({
                purpose: Purpose.Assertion,
                subject: address(ROLLUP),
                parent: AssertionId.unwrap(place == 0 ? _genesisId() : _asserted[place - 1].id),
                accumulator: INBOX.inputHash(place),
                value: StateHash.unwrap(_state(place).hash()),
                expiry: 0
            });
    }

    /// The state after the input in this place.
    function _state(uint256 place) internal pure returns (MachineState memory state) {
        state.core = keccak256(abi.encode("state", place));
        state.inputCount = uint64(place) + 1;
    }

    function _genesisId() internal view returns (AssertionId) {
        return _asserted.length == 0 ? ROLLUP.latestConfirmed() : AssertionId.wrap(_asserted[0].statement.parent);
    }

    function _hasStake(uint256 who) internal view returns (bool) {
        return _status[who] == MemberStatus.Bonded || _status[who] == MemberStatus.Leaving;
    }

    function _currentEpoch() internal view returns (uint256) {
        return _starts.length - 1;
    }

    /// The epoch that was active at a time; of two that were the later one.
    function _epochAt(uint256 time) internal view returns (uint256 epoch) {
        epoch = _currentEpoch();
        while (_starts[epoch] > time) --epoch;
    }

    function _isFrozen() internal view returns (bool) {
        return vm.getBlockNumber() + FREEZE_BLOCKS >= _drawBlock;
    }

    /// Whether those who had seats in an epoch may have taken their stakes home.
    function _isUnbonded(uint256 epoch) internal view returns (bool) {
        return epoch < _currentEpoch() && vm.getBlockTimestamp() >= _starts[epoch + 1] + UNBONDING;
    }

    function _isFinal(Asserted memory made) internal view returns (bool) {
        if (vm.getBlockTimestamp() >= made.createdAt + WINDOW) return true;
        uint256 epoch = _epochAt(made.createdAt);
        return _bits(_recorded[_digest(epoch, made.statement)] & ~_struck[epoch]) >= QUORUM;
    }

    function _bits(uint256 set) internal pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) ++count;
    }

    /// The honest serve no chain that is none, and answer every question once.
    function _agrees(uint256 who, Statement memory statement) private returns (bool) {
        if (who >= HONEST) return true;
        if (statement.purpose == Purpose.Assertion && statement.subject == address(LIAR)) return false;
        bytes32 question = keccak256(abi.encode(who, _question(statement)));
        if (_honestLog[question] == 0) _honestLog[question] = statement.value;
        return _honestLog[question] == statement.value;
    }

    function _question(Statement memory statement) private pure returns (bytes32) {
        return keccak256(abi.encode(statement.purpose, statement.subject, statement.parent, statement.accumulator));
    }
}
