// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Registers} from "./Registers.sol";
import {Slots} from "./Slots.sol";

/// @notice Instructions that move values between slots of the frame, globals and regions.
library Variables {
    function execute(Registers memory self, Instruction memory i) internal pure returns (Outcome) {
        uint256 op = i.op;
        if (op == Op.COPY) self.set(i.h, self.get(i.a));
        else if (op == Op.SELECT) _select(self, i.h);
        else if (op == Op.GLOBAL_GET) self.set(i.h, Slots.get(self.tables, self.witness, i.a));
        else if (op == Op.GLOBAL_SET) Slots.set(self.tables, self.witness, i.a, self.get(i.h));
        else if (op == Op.TABLE_GET) return _tableGet(self, i);
        else if (op == Op.TABLE_SET) return _tableSet(self, i);
        else return Outcome.Restores;
        return Outcome.Continues;
    }

    function _select(Registers memory self, uint256 h) private pure {
        bool first = self.get32(h + 2) != 0;
        uint256 otherwise = self.get(h + 1);
        uint256 value = self.get(h);
        self.set(h, first ? value : otherwise);
    }

    /// `b` is the region: the number of its first slot in the high half, of its slots in the low one.
    function _tableGet(Registers memory self, Instruction memory i) private pure returns (Outcome) {
        uint256 index = self.get32(i.h);
        if (index >= uint32(i.b)) return Outcome.Restores;
        self.set(i.h, Slots.get(self.tables, self.witness, (i.b >> 32) + index));
        return Outcome.Continues;
    }

    function _tableSet(Registers memory self, Instruction memory i) private pure returns (Outcome) {
        uint256 value = self.get(i.h + 1);
        uint256 index = self.get32(i.h);
        if (index >= uint32(i.b)) return Outcome.Restores;
        Slots.set(self.tables, self.witness, (i.b >> 32) + index, value);
        return Outcome.Continues;
    }
}
