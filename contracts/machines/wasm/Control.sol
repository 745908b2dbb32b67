// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Registers} from "./Registers.sol";
import {Slots} from "./Slots.sol";

/// @notice Jumps, calls and returns. `pc` is the number of the following instruction already.
library Control {
    function execute(Registers memory self, Instruction memory i) internal pure returns (Outcome) {
        uint256 op = i.op;
        if (op == Op.JUMP) self.pc = i.a;
        else if (op == Op.JUMP_UNLESS) _jumpIf(self, self.get32(i.h) == 0, i.a);
        else if (op == Op.JUMP_IF) _jumpIf(self, self.get32(i.h) != 0, i.a);
        else if (op == Op.RETURN) return _return(self, i.a);
        else if (op == Op.CALL) return _enter(self, i.h, i.a, i.b >> 32, uint32(i.b));
        else if (op == Op.CALL_INDIRECT) return _callIndirect(self, i);
        else if (op == Op.JUMP_TABLE) _jumpTable(self, i);
        else return Outcome.Restores;
        return Outcome.Continues;
    }

    function _jumpIf(Registers memory self, bool jumps, uint256 target) private pure {
        if (jumps) self.pc = target;
    }

    function _jumpTable(Registers memory self, Instruction memory i) private pure {
        uint256 index = self.get32(i.h);
        self.pc += index < i.a ? index : i.a;
    }

    function _return(Registers memory self, uint256 position) private pure returns (Outcome) {
        uint256 link = self.get(position);
        if (link == 0) {
            self.reset(0);
            return Outcome.Returns;
        }
        self.pc = link >> 32;
        self.fp = uint32(link);
        return Outcome.Continues;
    }

    /// A reference to a function is `type + 1 u16 | target u24 | link u8 | frame u16`.
    function _callIndirect(Registers memory self, Instruction memory i) private pure returns (Outcome) {
        uint256 index = self.get32(i.h + uint16(i.a));
        if (index >= uint32(i.b)) return Outcome.Restores;
        uint256 reference_ = Slots.get(self.tables, self.witness, (i.b >> 32) + index);
        // Zero stands for null, and no type plus one is zero.
        if (reference_ >> 48 != (i.a >> 16) + 1) return Outcome.Restores;
        return _enter(self, i.h, uint24(reference_ >> 24), uint8(reference_ >> 16), uint16(reference_));
    }

    /// Calls `target`, whose frame of `frame` slots begins at `base` of the caller's and holds the link at `link`.
    function _enter(
        Registers memory self,
        uint256 base,
        uint256 target,
        uint256 link,
        uint256 frame
    ) private pure returns (Outcome) {
        uint256 fp = self.fp + base;
        if (fp + frame > self.stackSlots()) return Outcome.Restores;
        self.set(base + link, (self.pc << 32) | self.fp);
        self.fp = fp;
        self.pc = target;
        return Outcome.Continues;
    }
}
