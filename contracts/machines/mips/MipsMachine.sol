// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepContext} from "../IMachine.sol";
import {MachineState} from "../MachineState.sol";
import {Outcome} from "../Outcome.sol";
import {PreimageStore} from "../PreimageStore.sol";
import {ByteMemory} from "../registers/ByteMemory.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {RegisterMachine} from "../registers/RegisterMachine.sol";
import {Funct} from "./Funct.sol";
import {Instruction} from "./Instruction.sol";
import {Place} from "./Place.sol";
import {Stepper} from "./Stepper.sol";

/// @notice Executes MIPS32 release 2 without floats: big-endian, with delay slots. Registers are the 32 general ones, then those of `Place`.
contract MipsMachine is RegisterMachine {
    uint256 private constant CALL_NUMBER = 2;
    uint256 private constant FIRST_ARGUMENT = 4;
    /// The number of the first call; Linux's have others.
    uint256 private constant FIRST_CALL = 5000;

    /// Bits that say that an instruction is `syscall`; the others are a code that nobody reads.
    uint256 private constant SYSCALL_MASK = 0xfc00003f;

    constructor(PreimageStore preimages) RegisterMachine(preimages) {}

    function _instruction(
        StepContext calldata context,
        MachineState memory state,
        RegisterFile memory file
    ) internal view override returns (Outcome outcome) {
        (uint256 pc, uint256 next) = (file.get(Place.PC), file.get(Place.NEXT));
        uint256 bits = ByteMemory.load(file, pc, 4);
        file.set(Place.PC, next);
        unchecked {
            file.set(Place.NEXT, next + 4);
            if (bits & SYSCALL_MASK == Funct.SYSCALL) {
                return _callHost(context, state, file, file.get(CALL_NUMBER) - FIRST_CALL, FIRST_ARGUMENT);
            }
        }
        return Stepper.execute(file, Instruction.wrap(bits), pc, next);
    }
}
