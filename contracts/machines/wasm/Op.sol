// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Opcodes where they are not WebAssembly's own, or mean something else.
library Op {
    uint256 internal constant UNREACHABLE = 0x00;
    uint256 internal constant JUMP_UNLESS = 0x04;
    uint256 internal constant JUMP = 0x0c;
    uint256 internal constant JUMP_IF = 0x0d;
    uint256 internal constant JUMP_TABLE = 0x0e;
    uint256 internal constant RETURN = 0x0f;
    uint256 internal constant CALL = 0x10;
    uint256 internal constant CALL_INDIRECT = 0x11;
    uint256 internal constant SELECT = 0x1b;
    uint256 internal constant COPY = 0x20;
    uint256 internal constant GLOBAL_GET = 0x23;
    uint256 internal constant GLOBAL_SET = 0x24;
    uint256 internal constant TABLE_GET = 0x25;
    uint256 internal constant TABLE_SET = 0x26;
    uint256 internal constant FIRST_LOAD = 0x28;
    uint256 internal constant FIRST_STORE = 0x36;
    uint256 internal constant MEMORY_SIZE = 0x3f;
    uint256 internal constant MEMORY_GROW = 0x40;
    uint256 internal constant CONSTANT = 0x42;
    uint256 internal constant FIRST_NUMERIC = 0x45;
    uint256 internal constant HOST = 0xf0;
}
