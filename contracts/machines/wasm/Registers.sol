// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {MerkleCursor} from "../MerkleCursor.sol";
import {Witness} from "../Witness.sol";
import {ZeroHashes} from "../ZeroHashes.sol";
import {Instruction, InstructionLibrary} from "./Instruction.sol";
import {Slots} from "./Slots.sol";

/// @notice What instructions work on.
struct Registers {
    /// Number of the next instruction.
    uint256 pc;
    /// Slot of the stack at which the running function's frame begins.
    uint256 fp;
    /// Of memory, 64 KiB each.
    uint256 pages;
    MerkleCursor code;
    MerkleCursor memory_;
    MerkleCursor stack;
    /// Slots: globals first, then the regions.
    MerkleCursor tables;
    Witness witness;
}

using RegistersLibrary for Registers global;

library RegistersLibrary {
    uint256 internal constant PAGE_SIZE = 1 << 16;

    error WrongProgram(bytes32 computed, bytes32 expected);
    error WrongCore(bytes32 computed, bytes32 expected);

    /// @notice Reads what every step's witness begins with, and checks it against the chain's program and the state's core.
    /// @return entry Number of the handler's first instruction.
    function open(
        Registers memory self,
        Witness memory witness,
        bytes32 program,
        bytes32 core
    ) internal pure returns (uint256 entry) {
        self.witness = witness;
        bytes32 codeRoot = witness.word();
        uint256 parameters = uint256(witness.word());
        bytes32 computed = Hashes.efficientKeccak256(codeRoot, bytes32(parameters));
        if (computed != program) revert WrongProgram(computed, program);
        uint256 registers = uint256(witness.word());
        self.pc = registers >> 224;
        self.fp = uint32(registers >> 192);
        self.pages = uint32(registers >> 160);
        uint256 zeros = ZeroHashes.load();
        self.code.point(codeRoot, parameters >> 248, zeros);
        self.memory_.point(witness.word(), uint8(parameters >> 240), zeros);
        self.stack.point(witness.word(), uint8(parameters >> 232), zeros);
        self.tables.point(witness.word(), uint8(parameters >> 224), zeros);
        computed = _hash(self, registers);
        if (computed != core) revert WrongCore(computed, core);
        return uint32(parameters >> 192);
    }

    /// @notice The next instruction; `pc` becomes the number of the one behind it.
    function fetch(Registers memory self) internal pure returns (Instruction memory) {
        uint256 pc = self.pc;
        self.pc = pc + 1;
        return InstructionLibrary.decode(self.code.touch(self.witness, pc >> 1), pc);
    }

    /// @notice The core that commits to the registers.
    function hash(Registers memory self) internal pure returns (bytes32) {
        return
            _hash(
                self,
                (uint256(uint32(self.pc)) << 224) |
                    (uint256(uint32(self.fp)) << 192) |
                    (uint256(uint32(self.pages)) << 160)
            );
    }

    /// @notice The value in slot `position` of the frame.
    function get(Registers memory self, uint256 position) internal pure returns (uint256) {
        return Slots.get(self.stack, self.witness, self.fp + position);
    }

    /// @notice As `get`, of an i32.
    function get32(Registers memory self, uint256 position) internal pure returns (uint256) {
        return uint32(get(self, position));
    }

    function set(Registers memory self, uint256 position, uint256 value) internal pure {
        Slots.set(self.stack, self.witness, self.fp + position, value);
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

    /// @param registers `pc u32 | fp u32 | pages u32 | zeros`; what is read from a witness is hashed as it is, zeros too.
    function _hash(Registers memory self, uint256 registers) private pure returns (bytes32) {
        return keccak256(abi.encode(registers, self.memory_.root, self.stack.root, self.tables.root));
    }
}
