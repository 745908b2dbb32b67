// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Opcodes: the high six bits of instructions.
library Op {
    uint256 internal constant SPECIAL = 0x00;
    uint256 internal constant BRANCH_BY_SIGN = 0x01;
    uint256 internal constant J = 0x02;
    uint256 internal constant JAL = 0x03;
    uint256 internal constant BEQ = 0x04;
    uint256 internal constant BNE = 0x05;
    uint256 internal constant BLEZ = 0x06;
    uint256 internal constant BGTZ = 0x07;
    /// The first of eight that take a register and an immediate.
    uint256 internal constant ADDI = 0x08;
    uint256 internal constant LUI = 0x0f;
    uint256 internal constant SPECIAL2 = 0x1c;
    uint256 internal constant SPECIAL3 = 0x1f;
    /// The first of those that address memory.
    uint256 internal constant LB = 0x20;
    uint256 internal constant LH = 0x21;
    uint256 internal constant LWL = 0x22;
    uint256 internal constant LW = 0x23;
    uint256 internal constant LBU = 0x24;
    uint256 internal constant LHU = 0x25;
    uint256 internal constant LWR = 0x26;
    uint256 internal constant SB = 0x28;
    uint256 internal constant SH = 0x29;
    uint256 internal constant SWL = 0x2a;
    uint256 internal constant SW = 0x2b;
    uint256 internal constant SWR = 0x2e;
    uint256 internal constant LL = 0x30;
    uint256 internal constant PREF = 0x33;
    uint256 internal constant SC = 0x38;
}
