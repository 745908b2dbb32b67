// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The low six bits of instructions that have a function: of `SPECIAL`, then `SPECIAL2`, then `SPECIAL3`.
library Funct {
    uint256 internal constant JR = 0x08;
    uint256 internal constant JALR = 0x09;
    uint256 internal constant MOVZ = 0x0a;
    uint256 internal constant MOVN = 0x0b;
    uint256 internal constant SYSCALL = 0x0c;
    uint256 internal constant BREAK = 0x0d;
    uint256 internal constant SYNC = 0x0f;
    uint256 internal constant MFHI = 0x10;
    uint256 internal constant MTLO = 0x13;
    uint256 internal constant MULT = 0x18;
    uint256 internal constant DIVU = 0x1b;
    uint256 internal constant ADD = 0x20;
    uint256 internal constant SUB = 0x22;
    uint256 internal constant NOR = 0x27;
    uint256 internal constant SLT = 0x2a;
    uint256 internal constant SLTU = 0x2b;
    uint256 internal constant TGE = 0x30;
    uint256 internal constant TEQ = 0x34;
    uint256 internal constant TNE = 0x36;

    uint256 internal constant MUL = 0x02;
    uint256 internal constant MSUBU = 0x05;
    uint256 internal constant CLZ = 0x20;
    uint256 internal constant CLO = 0x21;

    uint256 internal constant EXT = 0x00;
    uint256 internal constant INS = 0x04;
    uint256 internal constant SHUFFLE = 0x20;
}
