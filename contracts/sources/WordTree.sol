// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice An input's bytes as a Merkle tree: 32-byte words, the last one padded with zeros on the right, the number of words padded
/// with zero words to the next power of two. An inner node is `keccak256(left, right)`; the root of no bytes is zero.
library WordTree {
    /// @notice A proof holds the word and `depth` siblings of 32 bytes.
    error WrongProofLength(uint256 given, uint256 expected);
    error WrongWordProof(bytes32 computed, bytes32 root);

    /// @notice The root over `data`.
    function root(bytes calldata data) internal pure returns (bytes32 result) {
        if (data.length == 0) return 0;
        uint256 height = depth(data.length);
        // The words are copied to free memory and each level is hashed over the one below, in place: nothing is allocated, and a
        // hundred kilobytes cost the hashes that they need and little more. What pads the tree is hashed once for each level.
        assembly ("memory-safe") {
            let nodes := mload(0x40)
            calldatacopy(nodes, data.offset, data.length)
            // Pads the last word: past the end of calldata there are zeros.
            calldatacopy(add(nodes, data.length), calldatasize(), 0x20)
            let size := and(add(data.length, 0x1f), not(0x1f))
            let zero := 0
            for {} height {
                height := sub(height, 1)
            } {
                let end := add(nodes, size)
                // The sibling of the last node, if it has none.
                mstore(end, zero)
                let from := nodes
                let to := nodes
                // Four at a time, since the loop would cost as much as its hash.
                for {} lt(add(from, 0xc0), end) {} {
                    mstore(to, keccak256(from, 0x40))
                    mstore(add(to, 0x20), keccak256(add(from, 0x40), 0x40))
                    mstore(add(to, 0x40), keccak256(add(from, 0x80), 0x40))
                    mstore(add(to, 0x60), keccak256(add(from, 0xc0), 0x40))
                    from := add(from, 0x100)
                    to := add(to, 0x80)
                }
                for {} lt(from, end) {} {
                    mstore(to, keccak256(from, 0x40))
                    from := add(from, 0x40)
                    to := add(to, 0x20)
                }
                size := sub(to, nodes)
                mstore(0x00, zero)
                mstore(0x20, zero)
                zero := keccak256(0x00, 0x40)
            }
            result := mload(nodes)
        }
    }

    /// @notice The word at `index` in the tree under `commitment`, over `length` bytes; words past the end are zero and need no proof.
    /// @param proof The word, then its siblings from the leaf upwards.
    function word(
        bytes32 commitment,
        uint64 length,
        uint256 index,
        bytes calldata proof
    ) internal pure returns (bytes32 leaf) {
        if (index >= (uint256(length) + 31) >> 5) return 0;
        uint256 expected = 32 + 32 * depth(length);
        if (proof.length != expected) revert WrongProofLength(proof.length, expected);
        leaf = bytes32(proof[:32]);
        bytes32 node = leaf;
        for (uint256 offset = 32; offset < expected; offset += 32) {
            bytes32 sibling = bytes32(proof[offset:offset + 32]);
            node = index & 1 == 0 ? Hashes.efficientKeccak256(node, sibling) : Hashes.efficientKeccak256(sibling, node);
            index >>= 1;
        }
        if (node != commitment) revert WrongWordProof(node, commitment);
    }

    /// @notice The logarithm of the number of leaves over `length` bytes, above 0.
    function depth(uint256 length) internal pure returns (uint256 result) {
        uint256 words = (length + 31) >> 5;
        while ((1 << result) < words) ++result;
    }
}
