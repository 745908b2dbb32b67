// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Host, HostCalls} from "../HostCalls.sol";
import {Outcome} from "../Outcome.sol";
import {Control} from "./Control.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Memory} from "./Memory.sol";
import {Numeric} from "./Numeric.sol";
import {Registers} from "./Registers.sol";
import {Variables} from "./Variables.sol";

/// @notice Executes one instruction.
library Stepper {
    /// @param host What a host call needs; its memory is that of the registers.
    function execute(
        Registers memory self,
        Instruction memory instruction,
        Host memory host
    ) internal view returns (Outcome) {
        self.pc += 1;
        uint256 op = instruction.op;
        if (op == Op.HOST) return _callHost(self, instruction, host);
        if (op >= Op.FIRST_NUMERIC) return Numeric.execute(self, instruction);
        if (op == Op.CONSTANT) self.set(instruction.h, instruction.b);
        else if (op > Op.MEMORY_GROW) return Outcome.Restores;
        else if (op >= Op.FIRST_LOAD) return Memory.execute(self, instruction);
        else if (op >= Op.SELECT) return Variables.execute(self, instruction);
        else return Control.execute(self, instruction);
        return Outcome.Continues;
    }

    function _callHost(
        Registers memory self,
        Instruction memory instruction,
        Host memory host
    ) private view returns (Outcome) {
        (uint256 id, uint256 h) = (instruction.a, instruction.h);
        if (!HostCalls.exists(id)) return Outcome.Restores;
        uint256 arity = HostCalls.arity(id);
        uint256 third = arity > 2 ? self.get32(h + 2) : 0;
        uint256 second = arity > 1 ? self.get32(h + 1) : 0;
        uint256 first = arity > 0 ? self.get32(h) : 0;
        host.memorySize = self.memorySize();
        return HostCalls.execute(host, id, first, second, third);
    }
}
