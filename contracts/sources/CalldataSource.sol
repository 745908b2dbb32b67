// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ISource} from "./ISource.sol";
import {WordTree} from "./WordTree.sol";

/// @notice Batches in calldata: the bytes are committed by the root of their word tree. Holds nothing; all chains share it.
contract CalldataSource is ISource {
    /// @notice The longest batch, in bytes; its calldata alone costs ten million gas.
    uint256 public constant MAX_LENGTH = 1 << 18;

    error BatchTooLong(uint256 length, uint256 maximum);

    /// @inheritdoc ISource
    function commit(bytes calldata data) external pure returns (bytes32 commitment, uint64 length) {
        if (data.length > MAX_LENGTH) revert BatchTooLong(data.length, MAX_LENGTH);
        return (WordTree.root(data), uint64(data.length));
    }

    /// @inheritdoc ISource
    function word(
        bytes32 commitment,
        uint64 length,
        uint256 index,
        bytes calldata proof
    ) external pure returns (bytes32) {
        return WordTree.word(commitment, length, index, proof);
    }
}
