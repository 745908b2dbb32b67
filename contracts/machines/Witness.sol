// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader} from "../Input.sol";

/// @notice A reader over a witness in calldata. What is read is never read again, and nothing may be left over.
struct Witness {
    /// Where in calldata the next byte is.
    uint256 next;
    /// One past the last byte.
    uint256 end;
}

using WitnessLibrary for Witness global;

library WitnessLibrary {
    uint256 private constant HEADER_SIZE = 320;

    error WitnessTooShort(uint256 missing);
    error WitnessTooLong(uint256 left);
    error WrongHeader(bytes32 computed, bytes32 expected);

    function open(Witness memory self, bytes calldata data) internal pure {
        uint256 start;
        assembly ("memory-safe") {
            start := data.offset
        }
        self.next = start;
        self.end = start + data.length;
    }

    /// @notice The next 32 bytes.
    function word(Witness memory self) internal pure returns (bytes32 value) {
        uint256 start = self.next;
        // Places in calldata are far below where a sum could overflow, here and in `take`.
        unchecked {
            moveTo(self, start + 32);
        }
        assembly ("memory-safe") {
            value := calldataload(start)
        }
    }

    /// @notice The next `length` bytes.
    function take(Witness memory self, uint256 length) internal pure returns (bytes calldata part) {
        uint256 start = self.next;
        unchecked {
            moveTo(self, start + length);
        }
        assembly ("memory-safe") {
            part.offset := start
            part.length := length
        }
    }

    /// @notice A source's proof, behind its length in two bytes.
    function proof(Witness memory self) internal pure returns (bytes calldata) {
        return take(self, uint16(bytes2(take(self, 2))));
    }

    /// @notice The header of the input whose hash the context names. A header that lies has another hash.
    function header(Witness memory self, bytes32 inputHash) internal pure returns (InputHeader memory result) {
        bytes calldata encoded = take(self, HEADER_SIZE);
        bytes32 computed;
        // A header in memory is its ABI encoding: one word for each field. Read so, it is hashed and decoded at once.
        assembly ("memory-safe") {
            calldatacopy(result, encoded.offset, HEADER_SIZE)
            computed := keccak256(result, HEADER_SIZE)
        }
        if (computed != inputHash) revert WrongHeader(computed, inputHash);
    }

    /// @notice Goes on at `next` in calldata, past what was read there.
    function moveTo(Witness memory self, uint256 next) internal pure {
        if (next > self.end) revert WitnessTooShort(next - self.end);
        self.next = next;
    }

    function finish(Witness memory self) internal pure {
        if (self.next != self.end) revert WitnessTooLong(self.end - self.next);
    }
}
