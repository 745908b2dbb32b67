// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InboxArguments} from "./InboxArguments.sol";
import {IInbox, QueuedMessage} from "./IInbox.sol";
import {InputHeader, InputKind} from "./Input.sol";
import {ISource} from "./sources/ISource.sol";

/// @notice The one order of a chain's inputs, see `IInbox`.
contract Inbox is IInbox {
    /// @notice The longest L1 message, in bytes.
    uint256 public constant MAX_MESSAGE_LENGTH = 1 << 16;

    /// What the queue keeps of a message: one slot.
    struct QueueSlot {
        /// The first 28 bytes of the hash of its `QueuedMessage`.
        bytes28 hash;
        /// In seconds.
        uint32 queuedAt;
    }

    /// @inheritdoc IInbox
    uint64 public count;
    /// @inheritdoc IInbox
    uint64 public nextMessage;
    /// @inheritdoc IInbox
    uint64 public messageCount;
    /// @inheritdoc IInbox
    mapping(uint256 number => bytes32) public inputHash;
    mapping(uint256 message => QueueSlot) private _queue;

    /// @inheritdoc IInbox
    function sendMessage(bytes calldata data) external returns (uint256) {
        return _enqueue(InputKind.Message, msg.sender, data);
    }

    /// @inheritdoc IInbox
    function sendDeposit(address depositor, bytes calldata data) external returns (uint256) {
        address expected = InboxArguments.bridge();
        if (msg.sender != expected) revert NotBridge(msg.sender, expected);
        return _enqueue(InputKind.Deposit, depositor, data);
    }

    /// @inheritdoc IInbox
    function appendBatch(
        uint256 number,
        uint256 source,
        bytes calldata data,
        QueuedMessage[] calldata messages
    ) external {
        if (msg.sender != sequencer()) revert NotSequencer(msg.sender, sequencer());
        uint256 known = InboxArguments.sourceCount();
        if (source >= known) revert UnknownSource(source, known);
        ISource reader = InboxArguments.source(source);
        (bytes32 commitment, uint64 length) = reader.commit(data);
        InputHeader memory header = _appendMessages(messages);
        _refuseOverdue();
        if (header.number != number) revert NotNextInput(number, header.number);
        header.kind = InputKind.Batch;
        header.sender = msg.sender;
        header.source = address(reader);
        header.commitment = commitment;
        header.length = length;
        header.budget = InboxArguments.batchBudget();
        _append(header);
        emit BatchAppended(header.number, header, data);
        count = header.number + 1;
    }

    /// @inheritdoc IInbox
    function forceInclude(QueuedMessage[] calldata messages) external {
        if (messages.length == 0) return;
        if (msg.sender != sequencer()) {
            uint256 last = nextMessage + messages.length - 1;
            if (last >= messageCount) revert QueueExhausted(messages.length);
            uint256 due = dueAt(last);
            if (block.timestamp < due) revert NotOverdue(last, due);
        }
        count = _appendMessages(messages).number;
    }

    /// @inheritdoc IInbox
    function dueAt(uint256 message) public view returns (uint256) {
        return uint256(_queue[message].queuedAt) + InboxArguments.forceInclusionAfter();
    }

    /// @inheritdoc IInbox
    function sequencer() public view returns (address) {
        return InboxArguments.sequencer();
    }

    /// @inheritdoc IInbox
    function bridge() external view returns (address) {
        return InboxArguments.bridge();
    }

    /// @inheritdoc IInbox
    function messageSource() external view returns (address) {
        return address(InboxArguments.messageSource());
    }

    /// @inheritdoc IInbox
    function sources() external view returns (address[] memory all) {
        all = new address[](InboxArguments.sourceCount());
        for (uint256 i = 0; i < all.length; ++i) all[i] = address(InboxArguments.source(i));
    }

    /// @inheritdoc IInbox
    function forceInclusionAfter() external view returns (uint64) {
        return InboxArguments.forceInclusionAfter();
    }

    /// @inheritdoc IInbox
    function batchBudget() external view returns (uint64) {
        return InboxArguments.batchBudget();
    }

    /// @inheritdoc IInbox
    function messageBudget() external view returns (uint64) {
        return InboxArguments.messageBudget();
    }

    function _enqueue(InputKind kind, address sender, bytes calldata data) private returns (uint256 message) {
        if (data.length > MAX_MESSAGE_LENGTH) revert MessageTooLong(data.length, MAX_MESSAGE_LENGTH);
        (bytes32 commitment, uint64 length) = InboxArguments.messageSource().commit(data);
        message = messageCount++;
        bytes28 hash = _hash(QueuedMessage(kind, sender, commitment, length));
        _queue[message] = QueueSlot(hash, uint32(block.timestamp));
        emit MessageQueued(message, kind, sender, commitment, data);
    }

    /// Appends the next messages of the queue. Gives back a header with what all inputs of this block share, ready for the input
    /// that follows; the caller stores the new count, which is that header's number.
    function _appendMessages(QueuedMessage[] calldata messages) private returns (InputHeader memory header) {
        header.number = count;
        header.timestamp = uint64(block.timestamp);
        header.blockNumber = uint64(block.number);
        if (header.number > 0) header.previous = inputHash[header.number - 1];
        if (messages.length == 0) return header;
        uint64 message = nextMessage;
        if (messages.length > messageCount - message) revert QueueExhausted(messages.length);
        header.source = address(InboxArguments.messageSource());
        header.budget = InboxArguments.messageBudget();
        for (uint256 i = 0; i < messages.length; ++i) _appendMessage(header, message++, messages[i]);
        nextMessage = message;
    }

    function _appendMessage(InputHeader memory header, uint256 message, QueuedMessage calldata given) private {
        if (_hash(given) != _queue[message].hash) revert WrongMessage(message);
        header.kind = given.kind;
        header.sender = given.sender;
        header.commitment = given.commitment;
        header.length = given.length;
        bytes32 hash = _append(header);
        emit MessageAppended(header.number, message, header);
        header.previous = hash;
        header.number += 1;
    }

    function _append(InputHeader memory header) private returns (bytes32 hash) {
        hash = header.hash();
        inputHash[header.number] = hash;
    }

    function _refuseOverdue() private view {
        uint64 message = nextMessage;
        if (message == messageCount) return;
        uint256 due = dueAt(message);
        if (block.timestamp >= due) revert OverdueMessageLeft(message, due);
    }

    function _hash(QueuedMessage memory message) private pure returns (bytes28) {
        return bytes28(keccak256(abi.encode(message)));
    }
}
