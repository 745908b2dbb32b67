// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Host, HostCalls} from "../HostCalls.sol";
import {StepContext} from "../IMachine.sol";
import {Machine} from "../Machine.sol";
import {MachineState} from "../MachineState.sol";
import {Outcome} from "../Outcome.sol";
import {PreimageStore} from "../PreimageStore.sol";
import {Witness} from "../Witness.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Registers} from "./Registers.sol";
import {Stepper} from "./Stepper.sol";

/// @notice Executes lowered WebAssembly. Holds nothing of any chain: deployed once, shared by all.
contract WasmMachine is Machine {
    PreimageStore public immutable PREIMAGES;

    constructor(PreimageStore preimages) {
        PREIMAGES = preimages;
    }

    function _enter(bytes32 program, bytes32 core, Witness memory witness) internal pure override returns (bytes32) {
        Registers memory registers;
        registers.reset(registers.open(witness, program, core));
        return registers.hash();
    }

    function _execute(
        StepContext calldata context,
        MachineState memory state,
        Witness memory witness
    ) internal view override returns (Outcome outcome) {
        Registers memory registers;
        registers.open(witness, context.program, state.core);
        Instruction memory instruction = registers.fetch();
        outcome =
            instruction.op == Op.HOST
                ? _callHost(context, state, registers, instruction)
                : Stepper.execute(registers, instruction);
        if (outcome != Outcome.Restores) state.core = registers.hash();
    }

    function _callHost(
        StepContext calldata context,
        MachineState memory state,
        Registers memory registers,
        Instruction memory instruction
    ) private view returns (Outcome outcome) {
        (uint256 id, uint256 h) = (instruction.a, instruction.h);
        if (!HostCalls.exists(id)) return Outcome.Restores;
        uint256 arity = HostCalls.arity(id);
        uint256 third = arity > 2 ? registers.get32(h + 2) : 0;
        uint256 second = arity > 1 ? registers.get32(h + 1) : 0;
        uint256 first = arity > 0 ? registers.get32(h) : 0;
        Host memory host = Host({
            witness: registers.witness,
            memory_: registers.memory_,
            memorySize: registers.memorySize(),
            inputHash: context.inputHash,
            outputRoot: state.outputRoot,
            preimages: PREIMAGES
        });
        outcome = HostCalls.execute(host, id, first, second, third);
        state.outputRoot = host.outputRoot;
    }
}
