// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {Access} from "./Access.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {Branch} from "./Branch.sol";
import {Funct} from "./Funct.sol";
import {Instruction} from "./Instruction.sol";
import {Multiply} from "./Multiply.sol";
import {Op} from "./Op.sol";
import {Reserved} from "./Reserved.sol";

/// @notice Executes one instruction that is no `syscall`. What the instruction set does not have traps.
library Stepper {
    /// Of `SHUFFLE`, in `sa`.
    uint256 private constant WSBH = 0x02;
    uint256 private constant SEB = 0x10;
    uint256 private constant SEH = 0x18;

    function execute(
        RegisterFile memory file,
        Instruction i,
        uint256 pc,
        uint256 next
    ) internal pure returns (Outcome) {
        uint256 op = i.opcode();
        if (op >= Op.LB) return Access.execute(file, i);
        if (op == Op.SPECIAL) return _special(file, i, pc, next);
        if (op < Op.ADDI) return Branch.execute(file, i, pc, next);
        if (op <= Op.LUI) return _immediate(file, i);
        if (op == Op.SPECIAL2) return _special2(file, i);
        if (op == Op.SPECIAL3) return _special3(file, i);
        return Outcome.Restores;
    }

    function _immediate(RegisterFile memory file, Instruction i) private pure returns (Outcome) {
        (uint256 op, uint256 x) = (i.opcode(), file.get(i.rs()));
        if (op == Op.LUI) {
            return i.rs() == 0 ? _result(file, i.rt(), i.immediate() << 16) : Outcome.Restores;
        }
        uint256 kind = op & 7;
        if (kind > 3) return _result(file, i.rt(), Arithmetic.base(kind, x, i.immediate()));
        uint256 y = uint32(i.offset());
        if (kind > 1) return _result(file, i.rt(), Arithmetic.lessThan(kind == 3, x, y) ? 1 : 0);
        if (kind == 0 && Arithmetic.overflows(false, x, y)) return Outcome.Restores;
        return _result(file, i.rt(), Arithmetic.base(0, x, y));
    }

    function _special(
        RegisterFile memory file,
        Instruction i,
        uint256 pc,
        uint256 next
    ) private pure returns (Outcome) {
        uint256 funct = i.funct();
        if (funct < Funct.JR) return _shift(file, i);
        if (i.has(Reserved.ofSpecial(funct))) return Outcome.Restores;
        (uint256 x, uint256 y) = (file.get(i.rs()), file.get(i.rt()));
        if (funct >= Funct.ADD) {
            if (funct <= Funct.NOR) {
                bool traps =
                    (funct == Funct.ADD || funct == Funct.SUB) && Arithmetic.overflows(funct == Funct.SUB, x, y);
                return traps ? Outcome.Restores : _result(file, i.rd(), Arithmetic.base(funct & 7, x, y));
            }
            if (funct == Funct.SLT || funct == Funct.SLTU) {
                return _result(file, i.rd(), Arithmetic.lessThan(funct == Funct.SLTU, x, y) ? 1 : 0);
            }
            return _conditionalTrap(funct, x, y);
        }
        if (funct >= Funct.MFHI) return Multiply.special(file, i, x, y);
        if (funct == Funct.MOVZ) return y == 0 ? _result(file, i.rd(), x) : Outcome.Continues;
        if (funct == Funct.MOVN) return y != 0 ? _result(file, i.rd(), x) : Outcome.Continues;
        if (funct == Funct.JR) return Branch.goTo(file, pc, next, x);
        if (funct == Funct.JALR) {
            unchecked {
                _result(file, i.rd(), pc + 8);
            }
            return Branch.goTo(file, pc, next, x);
        }
        return funct == Funct.SYNC ? Outcome.Continues : Outcome.Restores;
    }

    function _shift(RegisterFile memory file, Instruction i) private pure returns (Outcome) {
        (uint256 kind, uint256 modifier_, uint256 count) = (i.funct(), i.rs(), i.sa());
        if (kind > 3) (kind, modifier_, count) = (kind & 3, count, file.get(modifier_));
        // Where a shift to the right has a 1, it rotates.
        if (kind == 1 || modifier_ > (kind == 2 ? 1 : 0)) return Outcome.Restores;
        return _result(file, i.rd(), Arithmetic.shift(kind, modifier_ == 1, file.get(i.rt()), count));
    }

    function _conditionalTrap(uint256 funct, uint256 x, uint256 y) private pure returns (Outcome) {
        bool traps;
        if (funct < Funct.TGE) return Outcome.Restores;
        if (funct < Funct.TEQ) traps = Arithmetic.lessThan(funct & 1 == 1, x, y) == (funct & 2 == 2);
        else if (funct == Funct.TEQ) traps = x == y;
        else traps = funct != Funct.TNE || x != y;
        return traps ? Outcome.Restores : Outcome.Continues;
    }

    function _special2(RegisterFile memory file, Instruction i) private pure returns (Outcome) {
        (uint256 funct, uint256 x) = (i.funct(), file.get(i.rs()));
        if (i.has(Reserved.ofSpecial2(funct))) return Outcome.Restores;
        if (funct == Funct.MUL) return _result(file, i.rd(), Arithmetic.product(true, x, file.get(i.rt())));
        if (funct == Funct.CLZ) return _result(file, i.rd(), Arithmetic.leadingZeros(x));
        if (funct == Funct.CLO) return _result(file, i.rd(), Arithmetic.leadingZeros(x ^ 0xffffffff));
        if (funct > Funct.MSUBU || funct == 3) return Outcome.Restores;
        return Multiply.accumulate(file, funct, x, file.get(i.rt()));
    }

    function _special3(RegisterFile memory file, Instruction i) private pure returns (Outcome) {
        (uint256 funct, uint256 low, uint256 high) = (i.funct(), i.sa(), i.rd());
        unchecked {
            if (funct == Funct.EXT) {
                if (low + high > 31) return Outcome.Restores;
                return _result(file, i.rt(), (file.get(i.rs()) >> low) & ((2 << high) - 1));
            }
            if (funct == Funct.INS) {
                if (high < low) return Outcome.Restores;
                uint256 mask = (2 << high) - (1 << low);
                return _result(file, i.rt(), (file.get(i.rt()) & ~mask) | ((file.get(i.rs()) << low) & mask));
            }
        }
        if (funct != Funct.SHUFFLE || i.rs() != 0) return Outcome.Restores;
        uint256 x = file.get(i.rt());
        if (low == WSBH) return _result(file, high, Arithmetic.swapBytes(x));
        if (low == SEB) return _result(file, high, uint256(int256(int8(uint8(x)))));
        if (low == SEH) return _result(file, high, uint256(int256(int16(uint16(x)))));
        return Outcome.Restores;
    }

    function _result(RegisterFile memory file, uint256 register, uint256 value) private pure returns (Outcome) {
        if (register != 0) file.set(register, value);
        return Outcome.Continues;
    }
}
