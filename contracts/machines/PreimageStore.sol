// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {WordTree} from "../sources/WordTree.sol";

/// @notice What is known of a published preimage.
struct Preimage {
    /// Of its word tree.
    bytes32 root;
    /// In bytes.
    uint64 size;
    /// The block that published it; zero if none did.
    uint64 blockNumber;
}

/// @notice Preimages of keccak256 hashes that any guest may read, on any chain. Holds only their roots; the bytes are in the events.
contract PreimageStore {
    mapping(bytes32 hash => Preimage) private _preimages;

    event PreimagePublished(bytes32 indexed hash, bytes data);

    error UnknownPreimage(bytes32 hash);

    /// @notice Publishes `data`. Anyone may call; publishing again changes nothing, the block neither.
    function publish(bytes calldata data) external returns (bytes32 hash) {
        hash = keccak256(data);
        if (_preimages[hash].blockNumber != 0) return hash;
        _preimages[hash] = Preimage(WordTree.root(data), uint64(data.length), uint64(block.number));
        emit PreimagePublished(hash, data);
    }

    /// @notice What is known of the preimage of `hash`; all zero if it was not published.
    function preimage(bytes32 hash) external view returns (Preimage memory) {
        return _preimages[hash];
    }

    /// @notice The block that published the preimage of `hash`, zero if none did.
    function publishedAt(bytes32 hash) external view returns (uint64) {
        return _preimages[hash].blockNumber;
    }

    /// @notice The word at `index` of the preimage of `hash`; words past the end are zero and need no proof.
    /// @param proof The word, then its siblings from the leaf upwards.
    function word(bytes32 hash, uint256 index, bytes calldata proof) external view returns (bytes32) {
        Preimage storage found = _preimages[hash];
        if (found.blockNumber == 0) revert UnknownPreimage(hash);
        return WordTree.word(found.root, found.size, index, proof);
    }
}
