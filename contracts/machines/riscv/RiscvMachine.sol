// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepContext} from "../IMachine.sol";
import {MachineState} from "../MachineState.sol";
import {Outcome} from "../Outcome.sol";
import {PreimageStore} from "../PreimageStore.sol";
import {ByteMemory} from "../registers/ByteMemory.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {RegisterMachine} from "../registers/RegisterMachine.sol";
import {Access} from "./Access.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Stepper} from "./Stepper.sol";

/// @notice Executes RV32IM: one hart, little-endian, loads and stores at any address. Registers are `x0` to `x31`, then `pc`.
contract RiscvMachine is RegisterMachine {
    uint256 private constant FIRST_ARGUMENT = 10;
    uint256 private constant CALL_NUMBER = 17;

    constructor(PreimageStore preimages) RegisterMachine(preimages) {}

    function _instruction(
        StepContext calldata context,
        MachineState memory state,
        RegisterFile memory file
    ) internal view override returns (Outcome outcome) {
        uint256 pc = file.get(Stepper.PC);
        Instruction instruction = Instruction.wrap(Access.reverse(ByteMemory.load(file, pc, 4)));
        if (Instruction.unwrap(instruction) != Op.ECALL) return Stepper.execute(file, instruction, pc);
        unchecked {
            file.set(Stepper.PC, pc + 4);
        }
        return _callHost(context, state, file, file.get(CALL_NUMBER), FIRST_ARGUMENT);
    }
}
