// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {Control} from "./Control.sol";
import {Instruction} from "./Instruction.sol";
import {Memory} from "./Memory.sol";
import {Numeric} from "./Numeric.sol";
import {Op} from "./Op.sol";
import {Registers} from "./Registers.sol";
import {Variables} from "./Variables.sol";

/// @notice Executes one instruction that is no host call.
library Stepper {
    /// @dev `pc` is the number of the following instruction already.
    function execute(Registers memory self, Instruction memory instruction) internal pure returns (Outcome) {
        uint256 op = instruction.op;
        if (op >= Op.FIRST_NUMERIC) return Numeric.execute(self, instruction);
        if (op == Op.CONSTANT) self.set(instruction.h, instruction.b);
        else if (op > Op.MEMORY_GROW) return Outcome.Restores;
        else if (op >= Op.FIRST_LOAD) return Memory.execute(self, instruction);
        else if (op >= Op.SELECT) return Variables.execute(self, instruction);
        else return Control.execute(self, instruction);
        return Outcome.Continues;
    }
}
