// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Sees the blobs of its transaction, and nothing else.
contract BlobProbe {
    event BlobSeen(uint256 number, bytes32 versionedHash);

    error NoBlob(uint256 number);
    error Refused();

    /// @notice Tells the versioned hashes of the first `count` blobs.
    function see(uint256 count) external payable {
        for (uint256 number = 0; number < count; ++number) {
            bytes32 versionedHash = blobhash(number);
            if (versionedHash == 0) revert NoBlob(number);
            emit BlobSeen(number, versionedHash);
        }
    }

    /// @notice Refuses every transaction, with or without blobs.
    function refuse() external pure {
        revert Refused();
    }
}
