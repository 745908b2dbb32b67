// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The 32 bits of an instruction.
type Instruction is uint256;

using InstructionLibrary for Instruction global;

/// @notice Fields of an instruction, by the names that the instruction set gives them.
library InstructionLibrary {
    function opcode(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) >> 26;
    }

    function rs(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 21) & 31;
    }

    function rt(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 16) & 31;
    }

    function rd(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 11) & 31;
    }

    function sa(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 6) & 31;
    }

    function funct(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) & 63;
    }

    /// @notice Whether any bit of a mask is 1.
    function has(Instruction self, uint256 mask) internal pure returns (bool) {
        return Instruction.unwrap(self) & mask != 0;
    }

    /// @notice Without a sign.
    function immediate(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) & 0xffff;
    }

    /// @notice Sign-extended to 256 bits: sums with it count modulo `2^32`.
    function offset(Instruction self) internal pure returns (uint256) {
        return uint256(int256(int16(uint16(Instruction.unwrap(self)))));
    }

    /// @notice Where `j` and `jal` go within their 256 MiB.
    function target(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) & 0x3ffffff) << 2;
    }
}
