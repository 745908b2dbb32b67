// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {StateHash} from "../machines/MachineState.sol";
import {IHistory} from "./IHistory.sol";

/// @notice 64 states in calldata, committed by the root of a Merkle tree. The data is `bitmap (8) | elements (32 each)`: bit `k` set
/// means that element `k + 1` equals the one before it and is left out, element 0 being the start. Holds nothing; all chains share it.
contract CalldataHistory is IHistory {
    uint256 private constant WIDTH = 6;
    uint256 private constant ELEMENTS = 64;

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
        (uint256 nodes, uint256 distinct, StateHash end, uint256 length) = _layOut(start, data);
        if (data.length != length) revert WrongHistoryLength(data.length, length);
        return (_fold(nodes, distinct, end), end);
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

    /// Writes the elements up to the last change to memory. Those behind it are all equal.
    /// @return nodes Where the elements are; there is room for all of them and one more.
    /// @return distinct How many there are up to the last change.
    /// @return last The last element.
    /// @return length Of the data, as its bitmap says.
    function _layOut(
        StateHash start,
        bytes calldata data
    ) private pure returns (uint256 nodes, uint256 distinct, StateHash last, uint256 length) {
        // In Solidity the bounds checks would cost more than all the hashes.
        assembly ("memory-safe") {
            nodes := mload(0x40)
            mstore(0x40, add(nodes, 0x820))
            let bitmap := shr(192, calldataload(data.offset))
            distinct := sub(ELEMENTS, clz(not(shl(192, bitmap))))
            let next := add(data.offset, 8)
            last := start
            switch and(bitmap, sub(shl(distinct, 1), 1))
            case 0 {
                // Every state up to there is another than the one before it.
                calldatacopy(nodes, next, shl(5, distinct))
                next := add(next, shl(5, distinct))
                if distinct {
                    last := calldataload(sub(next, 0x20))
                }
            }
            default {
                for {
                    let leaf := 0
                } lt(leaf, distinct) {
                    leaf := add(leaf, 1)
                } {
                    if iszero(and(shr(leaf, bitmap), 1)) {
                        last := calldataload(next)
                        next := add(next, 0x20)
                    }
                    mstore(add(nodes, shl(5, leaf)), last)
                }
            }
            length := sub(next, data.offset)
        }
    }

    /// The root over `distinct` leaves at `nodes` and as many of `last` as are missing.
    function _fold(uint256 nodes, uint256 distinct, StateHash last) private pure returns (bytes32 root) {
        // Each level is hashed over the one below, in place: `distinct` nodes of it lie in memory, and all others equal `other`. So an idle
        // history is almost free.
        assembly ("memory-safe") {
            let other := last
            for {
                let level := 0
            } lt(level, WIDTH) {
                level := add(level, 1)
            } {
                let size := shl(5, distinct)
                mstore(add(nodes, size), other)
                for {
                    let from := 0
                } lt(from, size) {
                    from := add(from, 0x40)
                } {
                    mstore(add(nodes, shr(1, from)), keccak256(add(nodes, from), 0x40))
                }
                distinct := shr(1, add(distinct, 1))
                mstore(0x00, other)
                mstore(0x20, other)
                other := keccak256(0x00, 0x40)
            }
            mstore(add(nodes, shl(5, distinct)), other)
            root := mload(nodes)
        }
    }

    /// The root above two neighbours, `left` being the leaf at `place`.
    function _climbPair(
        bytes32 left,
        bytes32 right,
        uint256 place,
        bytes calldata proof
    ) private pure returns (bytes32) {
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
            node = place & 1 == 0 ? Hashes.efficientKeccak256(node, sibling) : Hashes.efficientKeccak256(sibling, node);
            place >>= 1;
        }
        return node;
    }

    function _sibling(bytes calldata proof, uint256 place) private pure returns (bytes32 sibling) {
        // The proof's length was checked for all siblings at once; a slice would check it again for each.
        assembly ("memory-safe") {
            sibling := calldataload(add(proof.offset, shl(5, place)))
        }
    }

    function _requireLength(bytes calldata proof, uint256 siblings) private pure {
        if (proof.length != 32 * siblings) revert WrongOpeningLength(proof.length, 32 * siblings);
    }
}
