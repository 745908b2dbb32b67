// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {AssertionId} from "./Identifiers.sol";
import {IOutputs} from "./IOutputs.sol";
import {Assertion, AssertionStatus, IRollup} from "./IRollup.sol";
import {StateHash} from "./machines/MachineState.sol";

/// @notice Checks what a confirmed state says, see `IOutputs`.
abstract contract Outputs is IOutputs {
    uint256 private constant DEPTH = 32;

    /// Reverts unless `given` is the state of a confirmed assertion.
    function _requireConfirmed(IRollup rollup, AssertionId id, StateHash given) internal view {
        Assertion memory assertion = rollup.assertion(id);
        if (assertion.status != AssertionStatus.Confirmed) revert AssertionNotConfirmed(id);
        if (assertion.stateHash != given) revert WrongOutputState(given, assertion.stateHash);
    }

    /// Reverts unless `leaf` is at `index` of the tree under `root`.
    function _requireLeaf(bytes32 root, uint256 index, bytes32 leaf, bytes32[] calldata proof) internal pure {
        if (index >> DEPTH != 0) revert OutputIndexTooLarge(index);
        if (proof.length != DEPTH) revert WrongProofLength(proof.length, DEPTH);
        bytes32 node = leaf;
        for (uint256 height = 0; height < DEPTH; ++height) {
            node =
                (index >> height) & 1 == 0
                    ? Hashes.efficientKeccak256(node, proof[height])
                    : Hashes.efficientKeccak256(proof[height], node);
        }
        if (node != root) revert WrongOutputProof(node, root);
    }
}
