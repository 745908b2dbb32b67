// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice One instruction: `op u8 | h u24 | a u32 | b u64` in 16 bytes, two of them to a leaf of the code.
struct Instruction {
    uint256 op;
    /// Slot of the first operand, counted from the frame.
    uint256 h;
    uint256 a;
    uint256 b;
}

library InstructionLibrary {
    /// @notice Instruction `number` from the leaf of the code that holds it.
    function decode(bytes32 leaf, uint256 number) internal pure returns (Instruction memory) {
        uint256 bits = number & 1 == 0 ? uint256(leaf) >> 128 : uint128(uint256(leaf));
        return Instruction({op: bits >> 120, h: uint24(bits >> 96), a: uint32(bits >> 64), b: uint64(bits)});
    }
}
