// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ISource} from "../sources/ISource.sol";

/// @notice Sees the blobs of its transaction, and nothing else.
contract BlobProbe {
    event BlobSeen(uint256 number, bytes32 versionedHash);

    event Committed(bytes32 commitment, uint64 length);

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

    /// @notice Tells what a source commits to, as an inbox would be told.
    function commit(ISource source, bytes calldata data) external {
        (bytes32 commitment, uint64 length) = source.commit(data);
        emit Committed(commitment, length);
    }

    /// @notice Refuses every transaction, with or without blobs.
    function refuse() external pure {
        revert Refused();
    }
}
