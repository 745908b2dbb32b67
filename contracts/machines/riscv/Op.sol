// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Opcodes: the low seven bits of instructions.
library Op {
    uint256 internal constant LOAD = 0x03;
    uint256 internal constant FENCE = 0x0f;
    uint256 internal constant IMMEDIATE = 0x13;
    uint256 internal constant AUIPC = 0x17;
    uint256 internal constant STORE = 0x23;
    uint256 internal constant REGISTER = 0x33;
    uint256 internal constant LUI = 0x37;
    uint256 internal constant BRANCH = 0x63;
    uint256 internal constant JALR = 0x67;
    uint256 internal constant JAL = 0x6f;

    /// The whole instruction.
    uint256 internal constant ECALL = 0x73;
}
