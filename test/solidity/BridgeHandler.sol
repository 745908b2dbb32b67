// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Withdrawal} from "../../contracts/IBridge.sol";
import {AssertionId} from "../../contracts/Identifiers.sol";
import {InputHeader, InputKind} from "../../contracts/Input.sol";
import {QueuedMessage} from "../../contracts/IInbox.sol";
import {assertionId} from "../../contracts/IRollup.sol";
import {OutputKind} from "../../contracts/IOutputs.sol";
import {MachineState} from "../../contracts/machines/MachineState.sol";
import {HostileToken} from "../../contracts/test/HostileToken.sol";
import {OddToken} from "../../contracts/test/OddToken.sol";
import {SmallChain} from "./SmallChain.sol";
import {vm} from "./Vm.sol";

/// @notice What may happen to a bridge: users deposit ether and tokens, a guest takes some deposits and rejects others, owes what it likes,
/// tokens do as they like, and anybody has anything paid at any time, again and again.
contract BridgeHandler is SmallChain {
    uint256 private constant MOST_DEPOSITS = 16;
    uint256 private constant MOST_WITHDRAWALS = 16;
    uint256 private constant USERS = 3;
    address private constant ETHER = address(0);

    struct Deposit {
        InputHeader header;
        bytes data;
        address token;
        uint256 amount;
        bool rejected;
        /// The chain of rejections before it.
        bytes32 earlier;
        bool confirmed;
        bool reclaimed;
    }

    OddToken private _odd = new OddToken();
    HostileToken private _hostile = new HostileToken();
    Deposit[] private _deposits;
    Withdrawal[] private _withdrawals;
    bool[] private _paidOut;
    /// The hashes of all rejected inputs, and how many of them and of the withdrawals the confirmed state has.
    bytes32[] private _rejectedInputs;
    uint256 private _confirmedRejections;
    uint256 private _confirmedWithdrawals;
    bytes32 private _rejections;
    MachineState private _confirmed;
    AssertionId private _tip;

    mapping(address token => uint256) public deposited;
    mapping(address token => uint256) public paid;
    uint256 public payments;
    uint256 public reclaims;
    /// Somebody was paid twice, or for nothing; or was not paid ether that was there and theirs.
    bool public paidWrongly;
    bool public refusedWrongly;

    constructor() {
        _tip = ROLLUP.latestConfirmed();
        _confirmed = _genesis();
        for (uint256 i = 0; i < USERS; ++i) {
            address user = _user(i);
            vm.deal(user, 1e30);
            _odd.mint(user, 1e30);
            _hostile.mint(user, 1e30);
            vm.prank(user);
            _odd.approve(address(BRIDGE), type(uint256).max);
            vm.prank(user);
            _hostile.approve(address(BRIDGE), type(uint256).max);
        }
    }

    function bridgeAddress() external view returns (address) {
        return address(BRIDGE);
    }

    function token(uint256 index) public view returns (address) {
        return [ETHER, address(_odd), address(_hostile)][index % 3];
    }

    /// Somebody deposits; the guest will take it or not.
    function deposit(uint256 seed, uint96 amount, bool rejected) external {
        if (_deposits.length == MOST_DEPOSITS) return;
        (address user, address of_) = (_user(seed), token(seed >> 8));
        uint256 before = BRIDGE.held(of_);
        vm.prank(user);
        if (of_ == ETHER) {
            try BRIDGE.deposit{value: amount}(_user(seed >> 16)) {} catch {
                return;
            }
        } else {
            try BRIDGE.depositToken(of_, _user(seed >> 16), amount) {} catch {
                return;
            }
        }
        uint256 arrived = BRIDGE.held(of_) - before;
        deposited[of_] += arrived;
        _append(user, _user(seed >> 16), of_, arrived, rejected);
    }

    /// The guest owes somebody something, be it theirs or not.
    function owe(uint256 seed, uint96 amount) external {
        if (_withdrawals.length == MOST_WITHDRAWALS) return;
        _withdrawals.push(Withdrawal(_withdrawals.length, token(seed), _user(seed >> 8), amount));
        _paidOut.push(false);
    }

    /// A state after everything so far is asserted and confirmed.
    function settle() external {
        INBOX.appendBatch(INBOX.count(), 0, "", new QueuedMessage[](0));
        vm.deal(address(this), 1e24);
        uint64 end = ROLLUP.assertion(_tip).end;
        AssertionId first = _tip;
        AssertionId[] memory made = new AssertionId[](INBOX.count() - end);
        for (uint256 i = 0; i < made.length; ++i) {
            _confirmed = MachineState(keccak256(abi.encode(end)), 0, _root(), _rejections, end + uint64(i) + 1, 0);
            first = ROLLUP.assertState{value: ASSERTION_BOND}(first, 0, _confirmed, INBOX.inputHash(end + i));
            made[i] = first;
        }
        vm.warp(block.timestamp + WINDOW);
        for (uint256 i = 0; i < made.length; ++i) ROLLUP.confirm(made[i]);
        (_tip, _confirmedWithdrawals, _confirmedRejections) = (first, _withdrawals.length, _rejectedInputs.length);
        for (uint256 i = 0; i < _deposits.length; ++i) _deposits[i].confirmed = true;
    }

    /// Anybody has a withdrawal paid, whether it was before or not.
    function pay(uint256 seed) external {
        if (_withdrawals.length == 0) return;
        uint256 index = seed % _withdrawals.length;
        Withdrawal memory withdrawal = _withdrawals[index];
        uint256 held = BRIDGE.held(withdrawal.token);
        bool due = index < _confirmedWithdrawals && !_paidOut[index] && withdrawal.amount <= held;
        try BRIDGE.withdraw(_tip, _confirmed, withdrawal, _proof(index)) {
            if (!due) paidWrongly = true;
            _paidOut[index] = true;
            paid[withdrawal.token] += withdrawal.amount;
            ++payments;
        } catch {
            if (due && withdrawal.token == ETHER) refusedWrongly = true;
        }
    }

    /// Anybody has a deposit paid back, whether it is to be or not.
    function reclaim(uint256 seed) external {
        if (_deposits.length == 0) return;
        Deposit storage made = _deposits[seed % _deposits.length];
        _vouchForAll();
        bool due = made.rejected && made.confirmed && !made.reclaimed && made.amount <= BRIDGE.held(made.token);
        try BRIDGE.reclaim(made.header, made.data, made.earlier) {
            if (!due) paidWrongly = true;
            made.reclaimed = true;
            paid[made.token] += made.amount;
            ++reclaims;
        } catch {
            if (due && made.token == ETHER) refusedWrongly = true;
        }
    }

    /// Tokens do what they want.
    function misbehave(uint256 seed, uint16 perMille) external {
        if (seed % 3 == 0) _odd.rebase(500 + (perMille % 1000));
        else if (seed % 3 == 1) _odd.setBlocked(_user(seed >> 8), seed & 0x10000 == 0);
        else _hostile.setFee(perMille % 10_001);
    }

    function _append(address sender, address recipient, address of_, uint256 amount, bool rejected) private {
        bytes memory data = abi.encode(recipient, of_, amount, block.chainid, BRIDGE);
        (bytes32 commitment, uint64 length) = SOURCE.commit(data);
        QueuedMessage[] memory messages = new QueuedMessage[](1);
        messages[0] = QueuedMessage(InputKind.Deposit, sender, commitment, length);
        uint64 number = INBOX.count();
        InputHeader memory header = InputHeader({
            previous: number == 0 ? bytes32(0) : INBOX.inputHash(number - 1),
            kind: InputKind.Deposit,
            sender: sender,
            source: address(SOURCE),
            commitment: commitment,
            length: length,
            budget: BUDGET,
            number: number,
            timestamp: uint64(block.timestamp),
            blockNumber: uint64(block.number)
        });
        INBOX.forceInclude(messages);
        _deposits.push(Deposit(header, data, of_, amount, rejected, _rejections, false, false));
        if (!rejected) return;
        bytes32 inputHash = keccak256(abi.encode(header));
        _rejectedInputs.push(inputHash);
        _rejections = keccak256(abi.encode(_rejections, inputHash));
    }

    /// Has the bridge know every link of the confirmed chain.
    function _vouchForAll() private {
        bytes32 link = 0;
        for (uint256 i = 0; i < _confirmedRejections; ++i) {
            link = keccak256(abi.encode(link, _rejectedInputs[i]));
            bytes32[] memory later = new bytes32[](_confirmedRejections - i - 1);
            for (uint256 j = 0; j < later.length; ++j) later[j] = _rejectedInputs[i + 1 + j];
            BRIDGE.vouch(_tip, _confirmed, link, later);
        }
    }

    function _root() private view returns (bytes32) {
        return _withdrawals.length == 0 ? bytes32(0) : _climb(0, _withdrawals.length, new bytes32[](32));
    }

    /// Of the confirmed state's tree; of what that has not, nothing that proves anything.
    function _proof(uint256 index) private view returns (bytes32[] memory proof) {
        proof = new bytes32[](32);
        _climb(index, _confirmedWithdrawals, proof);
    }

    /// The root of the tree of the first `count` withdrawals, whose siblings of `index` are put into `proof`.
    function _climb(uint256 index, uint256 count, bytes32[] memory proof) private view returns (bytes32) {
        bytes32[] memory row = new bytes32[](MOST_WITHDRAWALS);
        for (uint256 i = 0; i < count; ++i) row[i] = keccak256(abi.encode(OutputKind.Withdrawal, _withdrawals[i]));
        bytes32 zero = 0;
        for (uint256 height = 0; height < 32; ++height) {
            uint256 beside = (index >> height) ^ 1;
            proof[height] = beside < MOST_WITHDRAWALS && row[beside] != 0 ? row[beside] : zero;
            for (uint256 i = 0; i < MOST_WITHDRAWALS / 2; ++i) row[i] = _node(row[2 * i], row[2 * i + 1], zero);
            for (uint256 i = MOST_WITHDRAWALS / 2; i < MOST_WITHDRAWALS; ++i) row[i] = 0;
            zero = keccak256(abi.encode(zero, zero));
        }
        return row[0];
    }

    /// What is zero in a row stands for an empty subtree.
    function _node(bytes32 left, bytes32 right, bytes32 zero) private pure returns (bytes32) {
        if (left == 0 && right == 0) return 0;
        return keccak256(abi.encode(left == 0 ? zero : left, right == 0 ? zero : right));
    }

    function _user(uint256 seed) private pure returns (address) {
        return address(uint160(0xa11ce0000 + (seed % USERS)));
    }
}
