// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Place} from "./Place.sol";

/// @notice Branches and jumps. They take effect behind the instruction that follows them, which may be no branch itself where it does not
/// lead on to what lies behind it.
library Branch {
    uint256 private constant LINKS = 0x10;

    function execute(
        RegisterFile memory file,
        Instruction i,
        uint256 pc,
        uint256 next
    ) internal pure returns (Outcome) {
        uint256 op = i.opcode();
        if (op == Op.BRANCH_BY_SIGN) return _bySign(file, i, pc, next);
        unchecked {
            if (op == Op.J) return goTo(file, pc, next, ((pc + 4) & 0xf0000000) | i.target());
            if (op == Op.JAL) {
                file.set(Place.RETURN, pc + 8);
                return goTo(file, pc, next, ((pc + 4) & 0xf0000000) | i.target());
            }
        }
        (uint256 x, uint256 y) = (file.get(i.rs()), file.get(i.rt()));
        if (op == Op.BEQ) return _branch(file, i, pc, next, x == y);
        if (op == Op.BNE) return _branch(file, i, pc, next, x != y);
        if (i.rt() != 0) return Outcome.Restores;
        if (op == Op.BLEZ) return _branch(file, i, pc, next, Arithmetic.signed(x) <= 0);
        if (op == Op.BGTZ) return _branch(file, i, pc, next, Arithmetic.signed(x) > 0);
        return Outcome.Restores;
    }

    /// @notice Goes on at `target` behind the next instruction.
    function goTo(RegisterFile memory file, uint256 pc, uint256 next, uint256 target) internal pure returns (Outcome) {
        if (_inSlot(pc, next) || target & 3 != 0) return Outcome.Restores;
        file.set(Place.NEXT, target);
        return Outcome.Continues;
    }

    function _bySign(RegisterFile memory file, Instruction i, uint256 pc, uint256 next) private pure returns (Outcome) {
        uint256 kind = i.rt();
        // `bltz` and `bgez`, with a link or without.
        if (kind & ~(LINKS | 1) != 0) return Outcome.Restores;
        bool negative = Arithmetic.signed(file.get(i.rs())) < 0;
        unchecked {
            if (kind & LINKS != 0) file.set(Place.RETURN, pc + 8);
        }
        return _branch(file, i, pc, next, negative == (kind & 1 == 0));
    }

    function _branch(
        RegisterFile memory file,
        Instruction i,
        uint256 pc,
        uint256 next,
        bool taken
    ) private pure returns (Outcome) {
        unchecked {
            if (taken) return goTo(file, pc, next, pc + 4 + (i.offset() << 2));
        }
        return _inSlot(pc, next) ? Outcome.Restores : Outcome.Continues;
    }

    function _inSlot(uint256 pc, uint256 next) private pure returns (bool) {
        unchecked {
            return uint32(pc + 4) != next;
        }
    }
}
