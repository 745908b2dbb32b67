// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The 32 bits of an instruction.
type Instruction is uint256;

using InstructionLibrary for Instruction global;

/// @notice Fields of an instruction. Immediates are sign-extended to 256 bits: sums with them count modulo `2^32`.
library InstructionLibrary {
    function opcode(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) & 0x7f;
    }

    function destination(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 7) & 31;
    }

    function funct3(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 12) & 7;
    }

    function first(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 15) & 31;
    }

    function second(Instruction self) internal pure returns (uint256) {
        return (Instruction.unwrap(self) >> 20) & 31;
    }

    function funct7(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) >> 25;
    }

    /// @notice Of loads, `jalr`, and arithmetic.
    function immediate(Instruction self) internal pure returns (uint256) {
        return _extend(Instruction.unwrap(self) >> 20, 12);
    }

    function storeOffset(Instruction self) internal pure returns (uint256) {
        return _extend((self.funct7() << 5) | self.destination(), 12);
    }

    function branchOffset(Instruction self) internal pure returns (uint256) {
        uint256 bits = Instruction.unwrap(self);
        return
            _extend(
                ((bits >> 31) << 12) | (((bits >> 7) & 1) << 11) | (((bits >> 25) & 0x3f) << 5) | ((bits >> 7) & 0x1e),
                13
            );
    }

    function jumpOffset(Instruction self) internal pure returns (uint256) {
        uint256 bits = Instruction.unwrap(self);
        return
            _extend(((bits >> 31) << 20) | (bits & 0xff000) | (((bits >> 20) & 1) << 11) | ((bits >> 20) & 0x7fe), 21);
    }

    function upper(Instruction self) internal pure returns (uint256) {
        return Instruction.unwrap(self) & 0xfffff000;
    }

    function _extend(uint256 value, uint256 width) private pure returns (uint256) {
        uint256 sign = 1 << (width - 1);
        unchecked {
            return (value ^ sign) - sign;
        }
    }
}
