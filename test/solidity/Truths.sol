// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader} from "../../contracts/Input.sol";
import {MachineState} from "../../contracts/machines/MachineState.sol";

/// @notice The truth about one input of one word: the tally machine at each of its steps, and what it touches there.
struct Truth {
    /// Before delivery, before the word, before the return, and after it.
    MachineState[4] states;
    bytes[4] witnesses;
    /// The sum and the machine after the input.
    bytes32 sum;
}

/// @notice What a party says: the truth before position `from`, and lies that depend on `salt` from there on. A zero salt is the truth.
struct Word {
    bytes32 salt;
    uint64 from;
}

library Truths {
    /// @notice Follows the tally machine through an input of the one word `word`.
    function follow(
        MachineState memory start,
        bytes32 sum,
        InputHeader memory header,
        bytes32 word
    ) internal pure returns (Truth memory truth) {
        bytes memory given = abi.encode(header);
        truth.sum = keccak256(abi.encode(sum, word));
        truth.states[0] = start;
        truth.witnesses[0] = abi.encodePacked(given, sum, uint256(0));
        truth.states[1] = MachineState({
            core: start.core,
            checkpoint: keccak256(abi.encode(start.core, start.outputRoot)),
            outputRoot: start.outputRoot,
            rejections: start.rejections,
            inputCount: start.inputCount + 1,
            deadline: header.budget
        });
        truth.witnesses[1] = abi.encodePacked(given, sum, uint256(0), uint16(32), word);
        truth.states[2] = truth.states[1].with(keccak256(abi.encode(truth.sum, 1)));
        truth.witnesses[2] = abi.encodePacked(given, truth.sum, uint256(1));
        truth.states[3] = MachineState({
            core: keccak256(abi.encode(truth.sum, 0)),
            checkpoint: 0,
            outputRoot: truth.sum,
            rejections: start.rejections,
            inputCount: start.inputCount + 1,
            deadline: 0
        });
    }

    /// @notice The place in `states` of the state at `position`.
    function place(uint64 position) internal pure returns (uint256) {
        return position < 3 ? position : 3;
    }

    /// @notice The state that `word` says is at `position`.
    function stateAt(
        Truth memory truth,
        Word memory word,
        uint64 position
    ) internal pure returns (MachineState memory) {
        MachineState memory state = truth.states[place(position)];
        if (word.salt == 0 || position < word.from) return state;
        return state.with(keccak256(abi.encode(state.core, word.salt)));
    }

    function hashAt(Truth memory truth, Word memory word, uint64 position) internal pure returns (bytes32) {
        return keccak256(abi.encode(stateAt(truth, word, position))) >> 8;
    }

    function with(MachineState memory state, bytes32 core) internal pure returns (MachineState memory) {
        return
            MachineState({
                core: core,
                checkpoint: state.checkpoint,
                outputRoot: state.outputRoot,
                rejections: state.rejections,
                inputCount: state.inputCount,
                deadline: state.deadline
            });
    }
}

using Truths for MachineState;
using Truths for Truth global;
