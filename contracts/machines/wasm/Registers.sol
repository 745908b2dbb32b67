// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleCursor, MerkleCursorLibrary} from "../MerkleCursor.sol";
import {Witness} from "../Witness.sol";
import {ZeroHashes} from "../ZeroHashes.sol";
import {Slots} from "./Slots.sol";

/// @notice What instructions work on.
struct Registers {
    /// Number of the next instruction.
    uint256 pc;
    /// Slot of the stack at which the running function's frame begins.
    uint256 fp;
    /// Of memory, 64 KiB each.
    uint256 pages;
    MerkleCursor memory_;
    MerkleCursor stack;
    /// Globals first, then the elements of the tables.
    MerkleCursor tables;
}

/// @notice What is constant of a program.
struct Program {
    MerkleCursor code;
    /// Number of the handler's first instruction.
    uint256 entry;
}

using RegistersLibrary for Registers global;

library RegistersLibrary {
    uint256 internal constant PAGE_SIZE = 1 << 16;

    error WrongProgram(bytes32 computed, bytes32 expected);
    error WrongCore(bytes32 computed, bytes32 expected);

    /// @notice Reads what every step's witness begins with, and checks it against the chain's program and the state's core.
    function read(
        Witness memory witness,
        bytes32 program,
        bytes32 core
    ) internal pure returns (Registers memory self, Program memory constants) {
        uint256 zeros = ZeroHashes.load();
        uint256 depths = _readProgram(constants, witness, program, zeros);
        bytes32 registers = witness.word();
        bytes32 memoryRoot = witness.word();
        bytes32 stackRoot = witness.word();
        bytes32 tablesRoot = witness.word();
        bytes32 computed = keccak256(abi.encode(registers, memoryRoot, stackRoot, tablesRoot));
        if (computed != core) revert WrongCore(computed, core);
        self.pc = uint32(uint256(registers) >> 224);
        self.fp = uint32(uint256(registers) >> 192);
        self.pages = uint32(uint256(registers) >> 160);
        self.memory_ = MerkleCursorLibrary.make(witness, zeros, memoryRoot, uint8(depths >> 16));
        self.stack = MerkleCursorLibrary.make(witness, zeros, stackRoot, uint8(depths >> 8));
        self.tables = MerkleCursorLibrary.make(witness, zeros, tablesRoot, uint8(depths));
    }

    /// @notice The core that commits to the registers.
    function hash(Registers memory self) internal pure returns (bytes32) {
        uint256 registers =
            (uint256(uint32(self.pc)) << 224) |
                (uint256(uint32(self.fp)) << 192) |
                (uint256(uint32(self.pages)) << 160);
        return keccak256(abi.encode(registers, self.memory_.root, self.stack.root, self.tables.root));
    }

    /// @notice The value in slot `position` of the frame.
    function get(Registers memory self, uint256 position) internal pure returns (uint256) {
        return Slots.get(self.stack, self.fp + position);
    }

    /// @notice As `get`, of an i32.
    function get32(Registers memory self, uint256 position) internal pure returns (uint256) {
        return uint32(get(self, position));
    }

    function set(Registers memory self, uint256 position, uint256 value) internal pure {
        Slots.set(self.stack, self.fp + position, value);
    }

    /// @notice How many slots the stack has.
    function stackSlots(Registers memory self) internal pure returns (uint256) {
        return 4 << self.stack.depth;
    }

    /// @notice In bytes.
    function memorySize(Registers memory self) internal pure returns (uint256) {
        return self.pages * PAGE_SIZE;
    }

    /// @notice As a machine is while it waits, but for `pc`: the stack is empty.
    function reset(Registers memory self, uint256 pc) internal pure {
        self.pc = pc;
        self.fp = 0;
        self.stack.root = ZeroHashes.rootAt(self.stack.zeros, self.stack.depth);
    }

    function _readProgram(
        Program memory constants,
        Witness memory witness,
        bytes32 program,
        uint256 zeros
    ) private pure returns (uint256 depths) {
        bytes32 codeRoot = witness.word();
        bytes32 parameters = witness.word();
        bytes32 computed = keccak256(abi.encode(codeRoot, parameters));
        if (computed != program) revert WrongProgram(computed, program);
        depths = uint256(parameters) >> 224;
        constants.code = MerkleCursorLibrary.make(witness, zeros, codeRoot, depths >> 24);
        constants.entry = uint32(uint256(parameters) >> 192);
    }
}
