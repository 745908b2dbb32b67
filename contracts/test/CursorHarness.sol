// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleCursor} from "../machines/MerkleCursor.sol";
import {Witness} from "../machines/Witness.sol";
import {ZeroHashes} from "../machines/ZeroHashes.sol";

enum CursorAction {
    Touch,
    Write,
    Subtree
}

/// @notice One use of a cursor.
struct CursorUse {
    CursorAction action;
    uint256 index;
    /// Of a subtree.
    uint256 height;
    /// What is written, or what is expected to be read; of a subtree the hash of its leaves.
    bytes32 leaf;
}

/// @notice Moves a cursor about in a tree. For tests.
contract CursorHarness {
    error WrongLeaf(uint256 use, bytes32 found);

    /// @return The root after all uses.
    function run(
        bytes32 root,
        uint256 depth,
        CursorUse[] calldata uses,
        bytes calldata openings
    ) external pure returns (bytes32) {
        Witness memory witness;
        witness.open(openings);
        MerkleCursor memory cursor;
        cursor.point(root, depth, ZeroHashes.load());
        for (uint256 i = 0; i < uses.length; ++i) {
            CursorUse calldata use = uses[i];
            if (use.action == CursorAction.Write) {
                cursor.write(use.leaf);
                continue;
            }
            bytes32 found =
                use.action == CursorAction.Touch
                    ? cursor.touch(witness, use.index)
                    : keccak256(cursor.subtree(witness, use.index, use.height));
            if (found != use.leaf) revert WrongLeaf(i, found);
        }
        witness.finish();
        return cursor.root;
    }
}
