// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Where a batch's bytes are, and how one 32-byte word of them is proved.
interface ISource {
    /// @notice Commits to what a sequencer posts. Called by an inbox, in the transaction that posts it.
    /// @param data What the source needs: the bytes themselves for calldata.
    /// @return commitment Under which words are proved.
    /// @return length Of the batch, in bytes.
    function commit(bytes calldata data) external returns (bytes32 commitment, uint64 length);

    /// @notice The word at `index` (bytes `32 * index` and on, zero-padded at the end). Words past the end are zero and need no proof.
    /// Reverts unless `proof` opens `commitment`.
    function word(
        bytes32 commitment,
        uint64 length,
        uint256 index,
        bytes calldata proof
    ) external view returns (bytes32);
}
