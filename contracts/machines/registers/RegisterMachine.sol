// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Host, HostCalls} from "../HostCalls.sol";
import {StepContext} from "../IMachine.sol";
import {Machine} from "../Machine.sol";
import {MachineState} from "../MachineState.sol";
import {Outcome} from "../Outcome.sol";
import {PreimageStore} from "../PreimageStore.sol";
import {Witness} from "../Witness.sol";
import {RegisterFile} from "./RegisterFile.sol";

/// @notice What machines with 32-bit registers and a flat memory have in common. A guest runs in a loop of its own: it calls `wait` for
/// an input, and goes on behind that call when one is delivered. Holds nothing of any chain: deployed once, shared by all.
abstract contract RegisterMachine is Machine {
    uint256 private constant MEMORY_SIZE = 1 << 32;
    /// The call by which a guest waits, behind the host calls that all machines have.
    uint256 private constant WAIT = 8;

    PreimageStore public immutable PREIMAGES;

    constructor(PreimageStore preimages) {
        PREIMAGES = preimages;
    }

    /// @notice Executes the next instruction.
    function _instruction(
        StepContext calldata context,
        MachineState memory state,
        RegisterFile memory file
    ) internal view virtual returns (Outcome);

    /// A guest that waits is where it goes on.
    function _enter(bytes32, bytes32 core, Witness memory) internal pure override returns (bytes32) {
        return core;
    }

    function _execute(
        StepContext calldata context,
        MachineState memory state,
        Witness memory witness
    ) internal view override returns (Outcome outcome) {
        RegisterFile memory file;
        file.open(witness, state.core);
        outcome = _instruction(context, state, file);
        if (outcome != Outcome.Restores) state.core = file.hash();
    }

    /// @param first The register that holds the first of the arguments; the others follow it.
    function _callHost(
        StepContext calldata context,
        MachineState memory state,
        RegisterFile memory file,
        uint256 id,
        uint256 first
    ) internal view returns (Outcome outcome) {
        if (id == WAIT) return Outcome.Returns;
        if (!HostCalls.exists(id)) return Outcome.Restores;
        Host memory host = Host({
            witness: file.witness,
            memory_: file.memory_,
            memorySize: MEMORY_SIZE,
            inputHash: context.inputHash,
            outputRoot: state.outputRoot,
            preimages: PREIMAGES
        });
        outcome = HostCalls.execute(host, id, file.get(first), file.get(first + 1), file.get(first + 2));
        state.outputRoot = host.outputRoot;
    }
}
