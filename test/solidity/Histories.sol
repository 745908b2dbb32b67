// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Calldata histories as their definition says, without any of the contract's shortcuts.
library Histories {
    /// @notice The 127 nodes over the states at indices 1 to 64, leaves first.
    function tree(bytes32[65] memory states) internal pure returns (bytes32[127] memory nodes) {
        for (uint256 i = 0; i < 64; ++i) nodes[i] = states[i + 1];
        uint256 from = 0;
        uint256 to = 64;
        for (uint256 size = 64; size > 1; size /= 2) {
            for (uint256 i = 0; i < size / 2; ++i) {
                nodes[to + i] = keccak256(abi.encode(nodes[from + 2 * i], nodes[from + 2 * i + 1]));
            }
            from = to;
            to += size / 2;
        }
    }

    function root(bytes32[65] memory states) internal pure returns (bytes32) {
        return tree(states)[126];
    }

    /// @notice Every state spelled out.
    function data(bytes32[65] memory states) internal pure returns (bytes memory encoded) {
        encoded = abi.encodePacked(uint64(0));
        for (uint256 i = 1; i <= 64; ++i) encoded = abi.encodePacked(encoded, states[i]);
    }

    /// @notice Every state left out that is as the one before.
    function shortData(bytes32[65] memory states) internal pure returns (bytes memory) {
        uint64 bitmap = 0;
        bytes memory kept;
        for (uint256 i = 1; i <= 64; ++i) {
            if (states[i] == states[i - 1]) bitmap |= uint64(1) << uint64(i - 1);
            else kept = abi.encodePacked(kept, states[i]);
        }
        return abi.encodePacked(bitmap, kept);
    }

    /// @notice Opens the states at `index` and `index + 1`.
    function opening(bytes32[65] memory states, uint256 index) internal pure returns (bytes memory proof) {
        bytes32[127] memory nodes = tree(states);
        uint256 left = index == 0 ? 0 : index - 1;
        uint256 right = index;
        uint256 offset = 0;
        for (uint256 size = 64; size > 1; size /= 2) {
            if (left == right) {
                proof = abi.encodePacked(proof, nodes[offset + (left ^ 1)]);
            } else if (left / 2 != right / 2) {
                proof = abi.encodePacked(proof, nodes[offset + (left ^ 1)], nodes[offset + (right ^ 1)]);
            }
            left /= 2;
            right /= 2;
            offset += size;
        }
    }
}
