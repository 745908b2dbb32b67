// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleCursor} from "../MerkleCursor.sol";
import {Witness} from "../Witness.sol";

/// @notice A tree's leaves as 8-byte slots, four to a leaf, the first in the most significant bytes.
library Slots {
    function get(MerkleCursor memory cursor, Witness memory witness, uint256 index) internal pure returns (uint256) {
        return uint64(uint256(cursor.touch(witness, index >> 2)) >> _shift(index));
    }

    /// @param value At most 64 bits.
    function set(MerkleCursor memory cursor, Witness memory witness, uint256 index, uint256 value) internal pure {
        uint256 leaf = uint256(cursor.touch(witness, index >> 2));
        uint256 shift = _shift(index);
        uint256 rest = leaf & ~(uint256(type(uint64).max) << shift);
        cursor.write(bytes32(rest | (value << shift)));
    }

    function _shift(uint256 index) private pure returns (uint256) {
        return (~index & 3) << 6;
    }
}
