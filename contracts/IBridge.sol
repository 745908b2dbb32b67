// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInbox} from "./IInbox.sol";
import {IRollup} from "./IRollup.sol";
import {AssertionId} from "./Identifiers.sol";
import {MachineState, StateHash} from "./machines/MachineState.sol";

/// @notice A leaf of the tree whose root the guest publishes: `keccak256(abi.encode(index, recipient, amount))`, at `index`.
struct Withdrawal {
    /// Below `2^32`.
    uint256 index;
    address recipient;
    /// In wei.
    uint256 amount;
}

/// @notice Holds the chain's ether.
interface IBridge {
    /// @param message Its place in the inbox's queue.
    event Deposited(uint256 indexed message, address indexed depositor, address indexed recipient, uint256 amount);
    event Withdrawn(uint256 indexed index, address indexed recipient, uint256 amount);

    error NothingDeposited();
    error AssertionNotConfirmed(AssertionId assertion);
    error WrongOutputState(StateHash given, StateHash expected);
    error WithdrawalIndexTooLarge(uint256 index);
    error WrongProofLength(uint256 given, uint256 expected);
    error WrongWithdrawalProof(bytes32 computed, bytes32 outputRoot);
    error AlreadyWithdrawn(uint256 index);
    /// @notice The recipient refused the ether; the withdrawal can be tried again.
    error WithdrawalFailed(address recipient, uint256 amount);

    /// @notice Deposits the value sent: queues an L1 message of kind `Deposit` with `abi.encode(recipient, amount, chainId, bridge)` and
    /// the caller as its sender. Anyone may call. (Chain and bridge tell a guest where it is, so that it can bind signatures to that.)
    /// @param recipient Who gets it on the chain.
    function deposit(address recipient) external payable returns (uint256 message);

    /// @notice Pays a withdrawal that a confirmed state holds. Anyone may call; the recipient gets it, with all gas that is left.
    /// @param assertion A confirmed assertion.
    /// @param state The machine state that it asserts.
    /// @param proof The 32 siblings of the leaf, from below, in the tree under `state.outputRoot`.
    function withdraw(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof
    ) external;

    function isWithdrawn(uint256 index) external view returns (bool);
    function inbox() external view returns (IInbox);
    function rollup() external view returns (IRollup);
}
