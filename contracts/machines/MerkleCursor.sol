// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {WordTree} from "../sources/WordTree.sol";
import {Witness} from "./Witness.sol";

/// @notice A tree as a step sees it: its root, and the one leaf that was touched last, with the path that opened it. Touching another
/// leaf takes an opening from the witness; a write changes the leaf and the root with the same path.
struct MerkleCursor {
    bytes32 root;
    uint256 depth;
    /// The table of `ZeroHashes`.
    uint256 zeros;
    bytes32 leaf;
    /// Index of the current leaf with all bits turned over; zero if there is none.
    uint256 current;
    /// Bit `k` says that the sibling at height `k` is a zero subtree.
    uint256 bitmap;
    /// Where in calldata the other siblings are.
    uint256 path;
}

using MerkleCursorLibrary for MerkleCursor global;

library MerkleCursorLibrary {
    uint256 private constant BITMAP_SIZE = 4;

    error WrongOpening(bytes32 computed, bytes32 root);
    /// @notice The bitmap speaks of heights that the opening does not have.
    error WrongBitmap(uint256 bitmap, uint256 from, uint256 depth);
    /// @notice A sibling equals the zero subtree of its height and must be left out.
    error ZeroSibling();

    /// @notice Points a new cursor at a tree.
    /// @dev Cursors are made in place: a function that gives back a struct has the compiler make it twice.
    function point(MerkleCursor memory self, bytes32 root, uint256 depth, uint256 zeros) internal pure {
        self.root = root;
        self.depth = depth;
        self.zeros = zeros;
    }

    /// @notice The leaf at `index`, which becomes the current one.
    function touch(
        MerkleCursor memory self,
        Witness memory witness,
        uint256 index
    ) internal pure returns (bytes32 leaf) {
        if (~index == self.current) return self.leaf;
        leaf = witness.word();
        _open(self, witness, leaf, index, 0);
        self.current = ~index;
        self.leaf = leaf;
    }

    /// @notice Replaces the current leaf.
    function write(MerkleCursor memory self, bytes32 leaf) internal pure {
        self.leaf = leaf;
        (self.root, , ) = _climb(self, leaf, ~self.current, 0);
    }

    /// @notice The `2^height` leaves from `index` on, which is a multiple of that. No leaf is current afterwards.
    function subtree(
        MerkleCursor memory self,
        Witness memory witness,
        uint256 index,
        uint256 height
    ) internal pure returns (bytes calldata leaves) {
        leaves = witness.take(32 << height);
        _open(self, witness, WordTree.root(leaves), index, height);
        self.current = 0;
    }

    /// Takes the rest of an opening and checks that it leads from `node` at `height` above leaf `index` to the root.
    function _open(
        MerkleCursor memory self,
        Witness memory witness,
        bytes32 node,
        uint256 index,
        uint256 height
    ) private pure {
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
        (uint256 depth, uint256 bitmap, uint256 zeros) = (self.depth, self.bitmap, self.zeros);
        end = self.path;
        root = node;
        // The loops in which a step spends most of its execution: siblings straight from calldata, pairs hashed in scratch space, half
        // of what checked code costs. Below `height` the bitmap has no bits, so `even` is not below it either. The caller sees to it that the path ends within the witness.
        assembly ("memory-safe") {
            let mask := sub(shl(depth, 1), 1)
            // From `even` on the node is a left child and its sibling a zero subtree, up to the root: most of a sparse tree's height.
            let even := sub(256, clz(or(and(index, mask), xor(bitmap, mask))))
            let top := add(zeros, shl(5, depth))
            let turn := add(zeros, shl(5, even))
            let zero := add(zeros, shl(5, height))
            // Bits of the index and of the bitmap in one word, so that one shift serves both.
            let bits := shr(height, or(and(index, mask), shl(128, bitmap)))
            let superfluous := 0
            for {} lt(zero, turn) {
                zero := add(zero, 0x20)
            } {
                // A node that is a right child goes behind its sibling.
                let side := shl(5, and(bits, 1))
                mstore(side, root)
                let sibling := mload(zero)
                if iszero(and(bits, shl(128, 1))) {
                    let given := calldataload(end)
                    superfluous := or(superfluous, eq(given, sibling))
                    sibling := given
                    end := add(end, 0x20)
                }
                mstore(xor(side, 0x20), sibling)
                root := keccak256(0x00, 0x40)
                bits := shr(1, bits)
            }
            for {} lt(zero, top) {
                zero := add(zero, 0x20)
            } {
                mstore(0x00, root)
                mstore(0x20, mload(zero))
                root := keccak256(0x00, 0x40)
            }
            canonical := iszero(superfluous)
        }
    }
}
