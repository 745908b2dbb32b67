// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {RegisterFile} from "./RegisterFile.sol";

/// @notice The bytes of a memory of 4 GiB, which may lie across two leaves; behind the last byte comes the first.
library ByteMemory {
    uint256 private constant LEAF_BITS = 256;
    uint256 private constant LEAF_MASK = (1 << 27) - 1;

    /// @notice The `size` bytes from `address_` on, at most 32, the first in the most significant bits.
    function load(RegisterFile memory file, uint256 address_, uint256 size) internal pure returns (uint256) {
        (uint256 start, uint256 bits) = ((address_ & 31) << 3, size << 3);
        uint256 index = address_ >> 5;
        uint256 found = uint256(file.memory_.touch(file.witness, index)) << start;
        if (start + bits > LEAF_BITS) {
            found |= uint256(file.memory_.touch(file.witness, (index + 1) & LEAF_MASK)) >> (LEAF_BITS - start);
        }
        return found >> (LEAF_BITS - bits);
    }

    /// @notice Replaces the `size` bytes from `address_` on by the low ones of `value`, the most significant first.
    function store(RegisterFile memory file, uint256 address_, uint256 size, uint256 value) internal pure {
        (uint256 start, uint256 bits) = ((address_ & 31) << 3, size << 3);
        uint256 index = address_ >> 5;
        // The bytes, and the place that they take, at the left end of a word.
        uint256 place = type(uint256).max << (LEAF_BITS - bits);
        uint256 placed = value << (LEAF_BITS - bits);
        _replace(file, index, placed >> start, place >> start);
        if (start + bits > LEAF_BITS) {
            _replace(file, (index + 1) & LEAF_MASK, placed << (LEAF_BITS - start), place << (LEAF_BITS - start));
        }
    }

    function _replace(RegisterFile memory file, uint256 index, uint256 bits, uint256 place) private pure {
        uint256 leaf = uint256(file.memory_.touch(file.witness, index));
        file.memory_.write(bytes32((leaf & ~place) | bits));
    }
}
