// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CalldataSource} from "../../contracts/sources/CalldataSource.sol";

/// @notice Any batch is committed and its words proved as the definition of word trees says.
contract WordTreeTest {
    CalldataSource private immutable SOURCE = new CalldataSource();

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_commitsToEveryBatch(bytes calldata data) external view {
        (bytes32 commitment, uint64 length) = SOURCE.commit(data);
        require(commitment == _root(_leaves(data)), "another root");
        require(length == data.length, "another length");
    }

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_provesEveryWordAndNoOther(bytes calldata data, uint16 which, uint16 bit) external view {
        if (data.length == 0) return;
        (bytes32 commitment, uint64 length) = SOURCE.commit(data);
        bytes32[] memory leaves = _leaves(data);
        uint256 words = (data.length + 31) / 32;
        uint256 index = which % words;
        bytes memory proof = _prove(leaves, index);
        require(SOURCE.word(commitment, length, index, proof) == leaves[index], "another word");
        require(SOURCE.word(commitment, length, words + which, "") == 0, "no zero past the end");
        uint256 place = bit % proof.length;
        proof[place] = bytes1(uint8(proof[place]) ^ uint8(1 << (bit % 8)));
        try SOURCE.word(commitment, length, index, proof) {
            revert("accepted");
        } catch {}
    }

    function _leaves(bytes calldata data) private pure returns (bytes32[] memory leaves) {
        uint256 count = 1;
        while (count * 32 < data.length) count *= 2;
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < data.length; ++i) leaves[i / 32] |= bytes32(data[i]) >> (8 * (i % 32));
    }

    function _root(bytes32[] memory nodes) private pure returns (bytes32) {
        for (uint256 size = nodes.length; size > 1; size /= 2) nodes = _above(nodes);
        return nodes[0];
    }

    function _prove(bytes32[] memory nodes, uint256 index) private pure returns (bytes memory proof) {
        proof = abi.encodePacked(nodes[index]);
        while (nodes.length > 1) {
            proof = abi.encodePacked(proof, nodes[index ^ 1]);
            nodes = _above(nodes);
            index /= 2;
        }
    }

    function _above(bytes32[] memory nodes) private pure returns (bytes32[] memory above) {
        above = new bytes32[](nodes.length / 2);
        for (uint256 i = 0; i < above.length; ++i) above[i] = keccak256(abi.encode(nodes[2 * i], nodes[2 * i + 1]));
    }
}
