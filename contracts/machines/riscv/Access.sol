// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteMemory} from "../registers/ByteMemory.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";

/// @notice Loads and stores of one, two or four bytes, the least significant first, at any address.
library Access {
    /// @notice Whether there is a load of this kind: bytes, halves and words, and bytes and halves without a sign.
    function isLoad(uint256 funct3) internal pure returns (bool) {
        return funct3 < 6 && funct3 != 3;
    }

    function isStore(uint256 funct3) internal pure returns (bool) {
        return funct3 < 3;
    }

    /// @notice The value of a load; its low 32 bits count.
    function load(RegisterFile memory file, uint256 funct3, uint256 address_) internal pure returns (uint256) {
        uint256 size = 1 << (funct3 & 3);
        uint256 value = reverse(ByteMemory.load(file, address_, size) << ((4 - size) << 3));
        if (funct3 > 3) return value;
        uint256 sign = 1 << ((size << 3) - 1);
        unchecked {
            return (value ^ sign) - sign;
        }
    }

    function store(RegisterFile memory file, uint256 funct3, uint256 address_, uint256 value) internal pure {
        uint256 size = 1 << funct3;
        ByteMemory.store(file, address_, size, reverse(value) >> ((4 - size) << 3));
    }

    /// @notice The low 32 bits with their bytes in the opposite order.
    function reverse(uint256 value) internal pure returns (uint256) {
        value = ((value & 0x00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff);
        return ((value & 0xffff) << 16) | (value >> 16);
    }
}
