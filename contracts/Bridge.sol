// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IBridge, Withdrawal} from "./IBridge.sol";
import {AssertionId} from "./Identifiers.sol";
import {IInbox} from "./IInbox.sol";
import {InputHeader, InputKind} from "./Input.sol";
import {OutputKind} from "./IOutputs.sol";
import {IRollup} from "./IRollup.sol";
import {MachineState} from "./machines/MachineState.sol";
import {Rejections} from "./Rejections.sol";
import {ISource} from "./sources/ISource.sol";

/// @notice Holds the ether and the tokens of a chain's users, see `IBridge`.
contract Bridge is IBridge, Rejections, Initializable, ReentrancyGuardTransient {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    address private constant ETHER = address(0);

    /// @inheritdoc IBridge
    IInbox public inbox;
    /// @inheritdoc IBridge
    IRollup public rollup;
    /// @inheritdoc IBridge
    mapping(address token => uint256) public held;
    BitMaps.BitMap private _withdrawn;
    BitMaps.BitMap private _reclaimed;

    constructor() {
        _disableInitializers();
    }

    /// @notice Called once by the factory, in the transaction that makes the chain.
    function initialize(IInbox inbox_, IRollup rollup_) external initializer {
        inbox = inbox_;
        rollup = rollup_;
    }

    /// @inheritdoc IBridge
    function deposit(address recipient) external payable nonReentrant returns (uint256) {
        return _deposit(ETHER, recipient, msg.value);
    }

    /// @inheritdoc IBridge
    function depositToken(address token, address recipient, uint256 amount) external nonReentrant returns (uint256) {
        if (token.code.length == 0) revert NotToken(token);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = IERC20(token).balanceOf(address(this));
        return _deposit(token, recipient, afterwards > before ? afterwards - before : 0);
    }

    /// @inheritdoc IBridge
    function withdraw(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof
    ) external nonReentrant {
        _withdraw(assertion, state, withdrawal, proof, withdrawal.recipient);
    }

    /// @inheritdoc IBridge
    function withdrawTo(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof,
        address to
    ) external nonReentrant {
        if (msg.sender != withdrawal.recipient) revert NotOwner(msg.sender, withdrawal.recipient);
        _withdraw(assertion, state, withdrawal, proof, to);
    }

    /// @inheritdoc IBridge
    function reclaim(InputHeader calldata header, bytes calldata data, bytes32 earlier) external nonReentrant {
        _reclaim(header, data, earlier, header.sender);
    }

    /// @inheritdoc IBridge
    function reclaimTo(
        InputHeader calldata header,
        bytes calldata data,
        bytes32 earlier,
        address to
    ) external nonReentrant {
        if (msg.sender != header.sender) revert NotOwner(msg.sender, header.sender);
        _reclaim(header, data, earlier, to);
    }

    /// @inheritdoc IBridge
    function isWithdrawn(uint256 index) external view returns (bool) {
        return _withdrawn.get(index);
    }

    /// @inheritdoc IBridge
    function isReclaimed(uint256 input) external view returns (bool) {
        return _reclaimed.get(input);
    }

    /// `amount` of the token has arrived.
    function _deposit(address token, address recipient, uint256 amount) private returns (uint256 message) {
        if (amount == 0) revert NothingDeposited();
        held[token] += amount;
        message = inbox.sendDeposit(msg.sender, abi.encode(recipient, token, amount, block.chainid, this));
        emit Deposited(message, msg.sender, recipient, token, amount);
    }

    function _withdraw(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof,
        address to
    ) private {
        _requireConfirmed(rollup, assertion, state.hash());
        bytes32 leaf = keccak256(abi.encode(OutputKind.Withdrawal, withdrawal));
        _requireLeaf(state.outputRoot, withdrawal.index, leaf, proof);
        if (_withdrawn.get(withdrawal.index)) revert AlreadyWithdrawn(withdrawal.index);
        _withdrawn.set(withdrawal.index);
        emit Withdrawn(withdrawal.index, withdrawal.recipient, withdrawal.token, withdrawal.amount, to);
        _pay(withdrawal.token, withdrawal.amount, to);
    }

    /// The bridge alone can make the inbox append a deposit, so that one whose header and bytes are right is what it was when it was made.
    function _reclaim(InputHeader calldata header, bytes calldata data, bytes32 earlier, address to) private {
        _requireRejected(header.hash(), earlier);
        if (header.kind != InputKind.Deposit) revert NotDeposit(header.number);
        (bytes32 commitment, uint64 length) = ISource(header.source).commit(data);
        if (commitment != header.commitment || length != header.length) revert WrongDeposit(header.number);
        if (_reclaimed.get(header.number)) revert AlreadyReclaimed(header.number);
        _reclaimed.set(header.number);
        (, address token, uint256 amount) = abi.decode(data, (address, address, uint256));
        emit Reclaimed(header.number, header.sender, token, amount, to);
        _pay(token, amount, to);
    }

    /// What is paid was taken from the books before; who is paid may call anything.
    function _pay(address token, uint256 amount, address to) private {
        uint256 rest = held[token];
        if (amount > rest) revert NotHeld(token, amount, rest);
        held[token] = rest - amount;
        if (token != ETHER) return IERC20(token).safeTransfer(to, amount);
        (bool paid, ) = to.call{value: amount}("");
        if (!paid) revert PaymentFailed(to, amount);
    }

    function _rollup() internal view override returns (IRollup) {
        return rollup;
    }
}
