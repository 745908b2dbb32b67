// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader, InputKind} from "./Input.sol";

/// @notice What the queue holds of an L1 message. Its bytes were emitted when it was queued; whoever appends it gives
/// these fields back, and the queue's slot says whether they are right.
struct QueuedMessage {
    InputKind kind;
    /// Who sent the message, or who deposited.
    address sender;
    /// Commits to the message's bytes under the chain's message source.
    bytes32 commitment;
    /// Of the message, in bytes.
    uint64 length;
}

/// @notice The one order of a chain's inputs. An input is an L1 message or a sequencer's batch; it gets the next number when
/// it is appended, and nothing is reordered after that. Everything that is needed to derive the chain is in the events.
/// @dev Time is in seconds. A message is overdue when `forceInclusionAfter` has passed since it was queued.
interface IInbox {
    /// @notice An L1 message waits in the queue.
    /// @param message Its place in the queue, counted from 0.
    event MessageQueued(
        uint256 indexed message,
        InputKind kind,
        address indexed sender,
        bytes32 commitment,
        bytes data
    );
    /// @notice Input `number` is the L1 message at `message` in the queue; its bytes are in `MessageQueued`.
    event MessageAppended(uint256 indexed number, uint256 indexed message, InputHeader header);
    /// @notice Input `number` is a batch.
    /// @param data What its source was given: for calldata the batch's bytes themselves.
    event BatchAppended(uint256 indexed number, InputHeader header, bytes data);

    error NotSequencer(address caller, address sequencer);
    error NotBridge(address caller, address bridge);
    error MessageTooLong(uint256 length, uint256 maximum);
    error UnknownSource(uint256 index, uint256 sources);
    /// @notice `messages` hold more than what waits.
    error QueueExhausted(uint256 messages);
    /// @notice The fields given for the message at `message` are not those that were queued.
    error WrongMessage(uint256 message);
    error NotOverdue(uint256 message, uint256 dueAt);
    /// @notice A batch was made for another place than the next one.
    error NotNextInput(uint256 number, uint256 next);
    /// @notice A batch would leave an overdue message behind.
    error OverdueMessageLeft(uint256 message, uint256 dueAt);

    /// @notice Queues a message of kind `Message` with the caller as its sender. Anyone may call.
    /// @param data At most `MAX_MESSAGE_LENGTH` bytes.
    /// @return message Its place in the queue.
    function sendMessage(bytes calldata data) external returns (uint256 message);

    /// @notice Queues a message of kind `Deposit`. Only the chain's bridge may call.
    /// @param depositor The message's sender.
    function sendDeposit(address depositor, bytes calldata data) external returns (uint256 message);

    /// @notice Appends `messages`, the next of the queue in its order, each as an input, and then a batch. Only the sequencer
    /// may call. Refused if an overdue message would still wait afterwards, or if the batch does not get the number that it was made for: of
    /// batches that a reorganization of L1 has undone, none is appended again before those that it was made after.
    /// @param number Of the batch among the inputs: that of the first of `messages` is smaller by as many as there are.
    /// @param source Index into the chain's sources.
    /// @param data What that source takes: for calldata the batch's bytes.
    /// @param messages The queue's next messages with all their fields; overdue or not.
    function appendBatch(
        uint256 number,
        uint256 source,
        bytes calldata data,
        QueuedMessage[] calldata messages
    ) external;

    /// @notice Appends the next messages of the queue. Anyone may call when all of them are overdue, the sequencer always.
    function forceInclude(QueuedMessage[] calldata messages) external;

    /// @notice How many inputs there are.
    function count() external view returns (uint64);

    /// @notice The hash of input `number`'s header, which is the accumulator of the order up to and including it; zero if there is
    /// no such input yet.
    function inputHash(uint256 number) external view returns (bytes32);

    /// @notice How many messages were ever queued.
    function messageCount() external view returns (uint64);

    /// @notice The place of the first message that still waits; `messageCount()` if none does.
    function nextMessage() external view returns (uint64);

    /// @notice When the message at `message`, which must wait, becomes overdue; in seconds.
    function dueAt(uint256 message) external view returns (uint256);

    function sequencer() external view returns (address);
    function bridge() external view returns (address);
    /// @notice The `ISource` under which messages are committed.
    function messageSource() external view returns (address);
    /// @notice The sources that batches may name, in the order of their indices.
    function sources() external view returns (address[] memory);
    function forceInclusionAfter() external view returns (uint64);
    /// @notice The step budgets that headers carry.
    function batchBudget() external view returns (uint64);
    function messageBudget() external view returns (uint64);
}
