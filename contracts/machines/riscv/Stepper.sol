// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {Access} from "./Access.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";

/// @notice Executes one instruction that is no `ecall`. What the instruction set does not have traps, and so does a jump to an address that
/// is no multiple of four. Sums are cut to 32 bits where they are used.
library Stepper {
    uint256 internal constant PC = 32;

    uint256 private constant FUNCT7_BASE = 0x00;
    uint256 private constant FUNCT7_MULTIPLY = 0x01;
    uint256 private constant FUNCT7_MODIFIED = 0x20;

    function execute(RegisterFile memory file, Instruction i, uint256 pc) internal pure returns (Outcome) {
        uint256 op = i.opcode();
        if (op == Op.IMMEDIATE) return _immediate(file, i, pc);
        if (op == Op.REGISTER) return _register(file, i, pc);
        if (op == Op.LOAD) return _load(file, i, pc);
        if (op == Op.STORE) return _store(file, i, pc);
        if (op == Op.BRANCH) return _branch(file, i, pc);
        unchecked {
            if (op == Op.LUI) return _result(file, i, pc, i.upper());
            if (op == Op.AUIPC) return _result(file, i, pc, pc + i.upper());
            if (op == Op.JAL) return _jump(file, i, pc, pc + i.jumpOffset());
            if (op == Op.JALR && i.funct3() == 0) {
                return _jump(file, i, pc, (file.get(i.first()) + i.immediate()) & ~uint256(1));
            }
            if (op == Op.FENCE && i.funct3() < 2) return _goTo(file, pc + 4);
        }
        return Outcome.Restores;
    }

    function _immediate(RegisterFile memory file, Instruction i, uint256 pc) private pure returns (Outcome) {
        (uint256 funct3, uint256 funct7) = (i.funct3(), i.funct7());
        bool modified = funct3 == 5 && funct7 == FUNCT7_MODIFIED;
        // Shifts have a count of five bits and nothing else above it.
        if (funct3 & 3 == 1 && funct7 != FUNCT7_BASE && !modified) return Outcome.Restores;
        return _result(file, i, pc, Arithmetic.base(funct3, modified, file.get(i.first()), uint32(i.immediate())));
    }

    function _register(RegisterFile memory file, Instruction i, uint256 pc) private pure returns (Outcome) {
        (uint256 funct3, uint256 funct7) = (i.funct3(), i.funct7());
        (uint256 x, uint256 y) = (file.get(i.first()), file.get(i.second()));
        if (funct7 == FUNCT7_MULTIPLY) return _result(file, i, pc, Arithmetic.multiplyOrDivide(funct3, x, y));
        bool modified = funct7 == FUNCT7_MODIFIED && (funct3 == 0 || funct3 == 5);
        if (funct7 != FUNCT7_BASE && !modified) return Outcome.Restores;
        return _result(file, i, pc, Arithmetic.base(funct3, modified, x, y));
    }

    function _load(RegisterFile memory file, Instruction i, uint256 pc) private pure returns (Outcome) {
        if (!Access.isLoad(i.funct3())) return Outcome.Restores;
        return _result(file, i, pc, Access.load(file, i.funct3(), _sum(file.get(i.first()), i.immediate())));
    }

    function _store(RegisterFile memory file, Instruction i, uint256 pc) private pure returns (Outcome) {
        if (!Access.isStore(i.funct3())) return Outcome.Restores;
        Access.store(file, i.funct3(), _sum(file.get(i.first()), i.storeOffset()), file.get(i.second()));
        return _goTo(file, _sum(pc, 4));
    }

    function _branch(RegisterFile memory file, Instruction i, uint256 pc) private pure returns (Outcome) {
        uint256 funct3 = i.funct3();
        if (funct3 & 6 == 2) return Outcome.Restores;
        bool taken = Arithmetic.branches(funct3, file.get(i.first()), file.get(i.second()));
        return _goTo(file, _sum(pc, taken ? i.branchOffset() : 4));
    }

    function _jump(RegisterFile memory file, Instruction i, uint256 pc, uint256 target) private pure returns (Outcome) {
        _result(file, i, pc, _sum(pc, 4));
        // Where this traps, what was written counts for nothing.
        return _goTo(file, target);
    }

    /// Writes a result, unless to `x0`, and goes on behind the instruction.
    function _result(
        RegisterFile memory file,
        Instruction i,
        uint256 pc,
        uint256 value
    ) private pure returns (Outcome) {
        uint256 destination = i.destination();
        if (destination != 0) file.set(destination, value);
        return _goTo(file, _sum(pc, 4));
    }

    function _goTo(RegisterFile memory file, uint256 target) private pure returns (Outcome) {
        if (target & 3 != 0) return Outcome.Restores;
        file.set(PC, target);
        return Outcome.Continues;
    }

    function _sum(uint256 x, uint256 y) private pure returns (uint256) {
        unchecked {
            return uint32(x + y);
        }
    }
}
