// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {StateHash} from "../machines/MachineState.sol";
import {IHistory} from "./IHistory.sol";

/// @notice 64 states in calldata, committed by the root of a Merkle tree. The data is `bitmap (8) | elements (32 each)`: bit `k` set
/// means that element `k + 1` equals the one before it and is left out, element 0 being the start. Holds nothing; all chains share it.
contract CalldataHistory is IHistory {
    uint256 private constant WIDTH = 6;
    uint256 private constant ELEMENTS = 1 << WIDTH;

    error WrongHistoryLength(uint256 given, uint256 expected);
    error WrongOpeningLength(uint256 given, uint256 expected);
    error WrongOpening(bytes32 computed, bytes32 commitment);
    error NoSuchElement(uint256 index);

    /// @inheritdoc IHistory
    function width() external pure returns (uint8) {
        return uint8(WIDTH);
    }

    /// @inheritdoc IHistory
    function commit(StateHash start, bytes calldata data) external pure returns (bytes32 commitment, StateHash last) {
        uint256 elements;
        if (data.length >= 8) elements = ELEMENTS - _countOnes(uint64(bytes8(data[:8])));
        uint256 expected = 8 + 32 * elements;
        if (data.length != expected) revert WrongHistoryLength(data.length, expected);
        bytes32 end;
        // The leaves are laid out in free memory and each level is hashed over the one below, in place. In Solidity the bounds
        // checks of these 127 words would cost more than the hashes.
        assembly ("memory-safe") {
            let nodes := mload(0x40)
            let bitmap := shr(192, calldataload(data.offset))
            let next := add(data.offset, 8)
            end := start
            for { let leaf := 0 } lt(leaf, 0x800) { leaf := add(leaf, 0x20) } {
                if iszero(and(bitmap, 1)) {
                    end := calldataload(next)
                    next := add(next, 0x20)
                }
                bitmap := shr(1, bitmap)
                mstore(add(nodes, leaf), end)
            }
            for { let size := 0x800 } gt(size, 0x20) { size := shr(1, size) } {
                for { let from := 0 } lt(from, size) { from := add(from, 0x40) } {
                    mstore(add(nodes, shr(1, from)), keccak256(add(nodes, from), 0x40))
                }
            }
            commitment := mload(nodes)
        }
        last = StateHash.wrap(end);
    }

    /// @inheritdoc IHistory
    /// @param proof For index 0 the 6 siblings of the first element, from below. Else, for the two elements level by level: nothing where
    /// they are the children of one node; before that the left one's sibling and the right one's; after that the one sibling.
    function open(
        bytes32 commitment,
        uint256 index,
        StateHash first,
        StateHash second,
        bytes calldata proof
    ) external pure {
        if (index >= ELEMENTS) revert NoSuchElement(index);
        bytes32 root;
        if (index == 0) {
            _requireLength(proof, WIDTH);
            root = _climb(StateHash.unwrap(second), 0, 0, proof, 0);
        } else {
            root = _climbPair(StateHash.unwrap(first), StateHash.unwrap(second), index - 1, proof);
        }
        if (root != commitment) revert WrongOpening(root, commitment);
    }

    /// The root above two neighbours, `left` being the leaf at `place`.
    function _climbPair(bytes32 left, bytes32 right, uint256 place, bytes calldata proof) private pure returns (bytes32) {
        uint256 height = 0;
        while ((place >> height) & 1 == 1) ++height;
        _requireLength(proof, WIDTH - 1 + height);
        for (uint256 level = 0; level < height; ++level) {
            left = Hashes.efficientKeccak256(_sibling(proof, 2 * level), left);
            right = Hashes.efficientKeccak256(right, _sibling(proof, 2 * level + 1));
        }
        bytes32 parent = Hashes.efficientKeccak256(left, right);
        return _climb(parent, place >> (height + 1), height + 1, proof, 2 * height);
    }

    /// The root above `node`, which is at `place` of its level, with the siblings from number `next` on.
    function _climb(
        bytes32 node,
        uint256 place,
        uint256 level,
        bytes calldata proof,
        uint256 next
    ) private pure returns (bytes32) {
        for (; level < WIDTH; ++level) {
            bytes32 sibling = _sibling(proof, next++);
            node = place & 1 == 0
                ? Hashes.efficientKeccak256(node, sibling)
                : Hashes.efficientKeccak256(sibling, node);
            place >>= 1;
        }
        return node;
    }

    function _sibling(bytes calldata proof, uint256 number) private pure returns (bytes32) {
        return bytes32(proof[32 * number:32 * number + 32]);
    }

    function _requireLength(bytes calldata proof, uint256 siblings) private pure {
        if (proof.length != 32 * siblings) revert WrongOpeningLength(proof.length, 32 * siblings);
    }

    function _countOnes(uint64 bits) private pure returns (uint256 ones) {
        for (; bits != 0; bits &= bits - 1) ++ones;
    }
}
