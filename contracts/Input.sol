// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

enum InputKind {
    /// From the sequencer.
    Batch,
    /// From anyone, through the inbox.
    Message,
    /// From the chain's bridge.
    Deposit
}

/// @notice What the chain's order says of one input. Its hash is the input's hash and, since it holds the hash of the
/// input before it, the accumulator of the inbox up to and including it.
struct InputHeader {
    /// Hash of the header before this one, zero for input 0.
    bytes32 previous;
    InputKind kind;
    address sender;
    /// The `ISource` under which `commitment` is read.
    address source;
    /// Commits to the input's bytes.
    bytes32 commitment;
    /// Of the input, in bytes.
    uint64 length;
    /// The step of the input's window at which the machine is stopped: at least 1, at most `2^B - 1`.
    uint64 budget;
    uint64 number;
    /// Of the L1 block that appended the input, in seconds.
    uint64 timestamp;
    uint64 blockNumber;
}

library InputHeaderLibrary {
    function hash(InputHeader memory header) internal pure returns (bytes32) {
        return keccak256(abi.encode(header));
    }
}

using InputHeaderLibrary for InputHeader global;
