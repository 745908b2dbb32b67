// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleCursor} from "../MerkleCursor.sol";
import {Witness} from "../Witness.sol";
import {ZeroHashes} from "../ZeroHashes.sol";

/// @notice What the instructions of a machine with 32-bit registers work on: up to 40 of them, and 4 GiB of memory.
struct RegisterFile {
    /// Where in this contract's memory the registers are, four bytes each, with the root of the guest's memory behind them.
    uint256 place;
    MerkleCursor memory_;
    Witness witness;
}

using RegisterFileLibrary for RegisterFile global;

library RegisterFileLibrary {
    /// Of the tree over 4 GiB.
    uint256 private constant DEPTH = 27;

    /// What the core commits to, in bytes: registers, then a root.
    uint256 private constant SIZE = 192;
    uint256 private constant ROOT = 160;

    error WrongCore(bytes32 computed, bytes32 expected);

    /// @notice Reads what the witness of every instruction begins with, and checks it against the state's core.
    function open(RegisterFile memory self, Witness memory witness, bytes32 core) internal pure {
        self.witness = witness;
        bytes calldata packed = witness.take(SIZE);
        uint256 place;
        bytes32 computed;
        bytes32 root;
        // Kept packed, as they are hashed twice: an array of words would be 40 reads and writes each time.
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, add(place, SIZE))
            calldatacopy(place, packed.offset, SIZE)
            computed := keccak256(place, SIZE)
            root := mload(add(place, ROOT))
        }
        if (computed != core) revert WrongCore(computed, core);
        self.place = place;
        self.memory_.point(root, DEPTH, ZeroHashes.load());
    }

    /// @notice The core that commits to the registers and the memory.
    function hash(RegisterFile memory self) internal pure returns (bytes32 core) {
        (uint256 place, bytes32 root) = (self.place, self.memory_.root);
        assembly ("memory-safe") {
            mstore(add(place, ROOT), root)
            core := keccak256(place, SIZE)
        }
    }

    /// @param index Below 40.
    function get(RegisterFile memory self, uint256 index) internal pure returns (uint256 value) {
        uint256 place = self.place;
        assembly ("memory-safe") {
            value := shr(224, mload(add(place, shl(2, index))))
        }
    }

    /// @param index Below 40.
    /// @param value Its low 32 bits count.
    function set(RegisterFile memory self, uint256 index, uint256 value) internal pure {
        uint256 place = self.place;
        assembly ("memory-safe") {
            let at := add(place, shl(2, index))
            mstore(at, or(shl(224, value), shr(32, shl(32, mload(at)))))
        }
    }
}
