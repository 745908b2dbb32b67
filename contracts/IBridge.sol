// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInbox} from "./IInbox.sol";
import {IOutputs} from "./IOutputs.sol";
import {IRejections} from "./IRejections.sol";
import {IRollup} from "./IRollup.sol";
import {AssertionId} from "./Identifiers.sol";
import {InputHeader} from "./Input.sol";
import {MachineState} from "./machines/MachineState.sol";

/// @notice A leaf of the tree whose root the guest publishes: `keccak256(abi.encode(OutputKind.Withdrawal, index, token, recipient, amount))`,
/// at `index`.
struct Withdrawal {
    /// Below `2^32`; counted with all other outputs.
    uint256 index;
    /// The ERC-20 contract; zero for ether.
    address token;
    address recipient;
    /// In the token's smallest unit, for ether in wei.
    uint256 amount;
}

/// @notice Holds what a chain's users own there: ether, named by the zero address, and any ERC-20 token.
/// @dev Tokens are not trusted. What of each was deposited and not paid is counted, and no more of it is paid: a token that lies about
/// balances, loses them or takes them back hurts those who hold it, and nobody else. A deposit counts as what has arrived.
interface IBridge is IRejections, IOutputs {
    /// @param message Its place in the inbox's queue.
    /// @param amount What has arrived.
    event Deposited(
        uint256 indexed message,
        address indexed depositor,
        address indexed recipient,
        address token,
        uint256 amount
    );
    /// @param to Who was paid: the recipient, or whom it named.
    event Withdrawn(uint256 indexed index, address indexed recipient, address token, uint256 amount, address to);
    /// @param input The number of the deposit's input.
    /// @param to Who was paid: the depositor, or whom it named.
    event Reclaimed(uint256 indexed input, address indexed depositor, address token, uint256 amount, address to);

    error NothingDeposited();
    /// @notice There is no contract at the token's address.
    error NotToken(address token);
    error AlreadyWithdrawn(uint256 index);
    error AlreadyReclaimed(uint256 input);
    /// @notice The input is no deposit.
    error NotDeposit(uint256 input);
    /// @notice The bytes given are not the input's.
    error WrongDeposit(uint256 input);
    /// @notice Only the one whom it belongs to may have it paid to somebody else.
    error NotOwner(address caller, address owner);
    /// @notice More is to be paid than the chain's users own of the token.
    error NotHeld(address token, uint256 amount, uint256 held);
    /// @notice Ether was refused; the payment can be tried again. A token that refuses reverts with its own error or with
    /// `SafeERC20FailedOperation`.
    error PaymentFailed(address to, uint256 amount);

    /// @notice Deposits the value sent: queues an L1 message of kind `Deposit` with `abi.encode(recipient, token, amount, chainId, bridge)`,
    /// `token` being zero, and the caller as its sender. Anyone may call. (Chain and bridge tell a guest where it is, so that it can bind
    /// signatures to that.)
    /// @param recipient Who gets it on the chain.
    function deposit(address recipient) external payable returns (uint256 message);

    /// @notice As `deposit`, with a token of which the caller has approved `amount`. What is deposited is what arrives.
    function depositToken(address token, address recipient, uint256 amount) external returns (uint256 message);

    /// @notice Pays a withdrawal that a confirmed state holds. Anyone may call; the recipient gets it, ether with all gas that is left.
    /// @param assertion A confirmed assertion.
    /// @param state The machine state that it asserts.
    /// @param proof The 32 siblings of the leaf, from below, in the tree under `state.outputRoot`.
    function withdraw(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof
    ) external;

    /// @notice As `withdraw`, but pays `to`. Only the recipient may call: for contracts that take no ether, and accounts that a token refuses.
    function withdrawTo(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof,
        address to
    ) external;

    /// @notice Pays a deposit back that the guest has not taken: its input changed nothing in a confirmed state. Anyone may call; the
    /// depositor gets it.
    /// @param header The input's.
    /// @param data The input's bytes.
    /// @param earlier The link of the chain of rejections before it; the one after it must be vouched for.
    function reclaim(InputHeader calldata header, bytes calldata data, bytes32 earlier) external;

    /// @notice As `reclaim`, but pays `to`. Only the depositor may call.
    function reclaimTo(InputHeader calldata header, bytes calldata data, bytes32 earlier, address to) external;

    function isWithdrawn(uint256 index) external view returns (bool);
    function isReclaimed(uint256 input) external view returns (bool);

    /// @notice How much of a token was deposited and not paid.
    function held(address token) external view returns (uint256);

    function inbox() external view returns (IInbox);
    function rollup() external view returns (IRollup);
}
