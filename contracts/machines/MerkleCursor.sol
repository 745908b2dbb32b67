// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {WordTree} from "../sources/WordTree.sol";
import {Witness} from "./Witness.sol";

/// @notice A tree as a step sees it: its root, and the one leaf that was touched last, with the path that opened it. Touching another
/// leaf takes an opening from the witness; a write changes the leaf and the root with the same path.
struct MerkleCursor {
    bytes32 root;
    bytes32 leaf;
    /// Index of the current leaf plus one; zero if there is none.
    uint256 current;
    uint256 depth;
    /// Bit `k` says that the sibling at height `k` is a zero subtree.
    uint256 bitmap;
    /// Where in calldata the other siblings are.
    uint256 path;
    /// The table of `ZeroHashes`.
    uint256 zeros;
    Witness witness;
}

using MerkleCursorLibrary for MerkleCursor global;

library MerkleCursorLibrary {
    uint256 private constant BITMAP_SIZE = 4;

    error WrongOpening(bytes32 computed, bytes32 root);
    /// @notice The bitmap speaks of heights that the opening does not have.
    error WrongBitmap(uint256 bitmap, uint256 from, uint256 depth);
    /// @notice A sibling equals the zero subtree of its height and must be left out.
    error ZeroSibling();

    function make(
        Witness memory witness,
        uint256 zeros,
        bytes32 root,
        uint256 depth
    ) internal pure returns (MerkleCursor memory self) {
        self.witness = witness;
        self.zeros = zeros;
        self.root = root;
        self.depth = depth;
    }

    /// @notice The leaf at `index`, which becomes the current one.
    function touch(MerkleCursor memory self, uint256 index) internal pure returns (bytes32 leaf) {
        if (index + 1 == self.current) return self.leaf;
        leaf = self.witness.word();
        _open(self, leaf, index, 0);
        self.current = index + 1;
        self.leaf = leaf;
    }

    /// @notice Replaces the current leaf.
    function write(MerkleCursor memory self, bytes32 leaf) internal pure {
        self.leaf = leaf;
        (self.root, , ) = _climb(self, leaf, self.current - 1, 0);
    }

    /// @notice The `2^height` leaves from `index` on, which is a multiple of that. No leaf is current afterwards.
    function subtree(
        MerkleCursor memory self,
        uint256 index,
        uint256 height
    ) internal pure returns (bytes calldata leaves) {
        leaves = self.witness.take(32 << height);
        _open(self, WordTree.root(leaves), index, height);
        self.current = 0;
    }

    /// Takes the rest of an opening and checks that it leads from `node` at `height` above leaf `index` to the root.
    function _open(MerkleCursor memory self, bytes32 node, uint256 index, uint256 height) private pure {
        Witness memory witness = self.witness;
        uint256 bitmap = uint32(bytes4(witness.take(BITMAP_SIZE)));
        if (bitmap >> self.depth != 0 || bitmap & ((1 << height) - 1) != 0) {
            revert WrongBitmap(bitmap, height, self.depth);
        }
        self.bitmap = bitmap;
        self.path = witness.next;
        (bytes32 computed, uint256 end, bool canonical) = _climb(self, node, index, height);
        if (!canonical) revert ZeroSibling();
        if (computed != self.root) revert WrongOpening(computed, self.root);
        witness.moveTo(end);
    }

    /// Hashes from `node` up to the root along the cursor's path.
    /// @return root Of the tree that has `node` there.
    /// @return end Where the path ends in calldata.
    /// @return canonical No sibling on the path should have been left out.
    function _climb(
        MerkleCursor memory self,
        bytes32 node,
        uint256 index,
        uint256 height
    ) private pure returns (bytes32 root, uint256 end, bool canonical) {
        uint256 depth = self.depth;
        uint256 bitmap = self.bitmap;
        uint256 zeros = self.zeros;
        end = self.path;
        root = node;
        // The loop in which a step spends most of its execution: siblings straight from calldata, pairs hashed in scratch space.
        // Both are bounded by the caller, which compares the end of the path with the witness's.
        assembly ("memory-safe") {
            canonical := 1
            for {} lt(height, depth) {
                height := add(height, 1)
            } {
                let sibling := mload(add(zeros, shl(5, height)))
                if iszero(and(shr(height, bitmap), 1)) {
                    let given := calldataload(end)
                    if eq(given, sibling) {
                        canonical := 0
                    }
                    sibling := given
                    end := add(end, 0x20)
                }
                // A node that is a right child goes behind its sibling.
                let side := shl(5, and(shr(height, index), 1))
                mstore(side, root)
                mstore(xor(side, 0x20), sibling)
                root := keccak256(0x00, 0x40)
            }
        }
    }
}
