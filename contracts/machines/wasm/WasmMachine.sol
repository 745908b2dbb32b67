// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Host} from "../HostCalls.sol";
import {StepContext} from "../IMachine.sol";
import {Machine} from "../Machine.sol";
import {MachineState} from "../MachineState.sol";
import {Outcome} from "../Outcome.sol";
import {PreimageStore} from "../PreimageStore.sol";
import {Witness} from "../Witness.sol";
import {Instruction, InstructionLibrary} from "./Instruction.sol";
import {Program, Registers, RegistersLibrary} from "./Registers.sol";
import {Stepper} from "./Stepper.sol";

/// @notice Executes lowered WebAssembly. Holds nothing of any chain: deployed once, shared by all.
contract WasmMachine is Machine {
    PreimageStore public immutable PREIMAGES;

    constructor(PreimageStore preimages) {
        PREIMAGES = preimages;
    }

    function _enter(bytes32 program, bytes32 core, Witness memory witness) internal pure override returns (bytes32) {
        (Registers memory registers, Program memory constants) = RegistersLibrary.read(witness, program, core);
        registers.reset(constants.entry);
        return registers.hash();
    }

    function _execute(
        StepContext calldata context,
        MachineState memory state,
        Witness memory witness
    ) internal view override returns (Outcome outcome) {
        (Registers memory registers, Program memory constants) = RegistersLibrary.read(
            witness,
            context.program,
            state.core
        );
        uint256 pc = registers.pc;
        Instruction memory instruction = InstructionLibrary.decode(constants.code.touch(pc >> 1), pc);
        Host memory host = Host(registers.memory_, 0, context.inputHash, state.outputRoot, PREIMAGES);
        outcome = Stepper.execute(registers, instruction, host);
        if (outcome == Outcome.Restores) return outcome;
        state.core = registers.hash();
        state.outputRoot = host.outputRoot;
    }
}
