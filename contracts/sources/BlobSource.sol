// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PointEvaluation} from "../blobs/PointEvaluation.sol";
import {ISource} from "./ISource.sol";

/// @notice Batches in EIP-4844 blobs, 31 bytes to an element: the low ones, whatever is above them. The commitment is the hash of the blobs'
/// versioned hashes, one after the other. Holds nothing; all chains share it.
contract BlobSource is ISource {
    /// @notice The most blobs that a batch may be in.
    uint256 public constant MAX_BLOBS = 6;
    /// @notice Bytes of a batch that a blob holds.
    uint256 public constant BLOB_PAYLOAD = PointEvaluation.ELEMENTS * ELEMENT_PAYLOAD;

    uint256 private constant ELEMENT_PAYLOAD = 31;
    uint256 private constant POINT = PointEvaluation.POINT_LENGTH;
    /// An element and its proof.
    uint256 private constant OPENING = 32 + POINT;
    /// Of what a sequencer posts: `length (4) | number of the first blob (1)`.
    uint256 private constant DATA_LENGTH = 5;

    error WrongDataLength(uint256 given, uint256 expected);
    error BatchTooLong(uint256 length, uint256 maximum);
    /// @notice The transaction carries no blob of this number.
    error NoBlob(uint256 number);
    error WrongProofLength(uint256 given, uint256 expected);
    /// @notice The versioned hashes in the proof are not the batch's.
    error WrongBlobs(bytes32 given, bytes32 expected);

    /// @inheritdoc ISource
    /// @param data `length (4) | first (1)`, big-endian: the batch's bytes are in the transaction's blobs from number `first` on, as many as the
    /// length takes, and one if it is 0.
    function commit(bytes calldata data) external view returns (bytes32 commitment, uint64 length) {
        if (data.length != DATA_LENGTH) revert WrongDataLength(data.length, DATA_LENGTH);
        length = uint32(bytes4(data));
        if (length > MAX_BLOBS * BLOB_PAYLOAD) revert BatchTooLong(length, MAX_BLOBS * BLOB_PAYLOAD);
        uint256 first = uint8(data[4]);
        bytes32[] memory hashes = new bytes32[](_blobs(length));
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = blobhash(first + i);
            if (hashes[i] == 0) revert NoBlob(first + i);
        }
        commitment = keccak256(abi.encodePacked(hashes));
    }

    /// @inheritdoc ISource
    /// @param proof The versioned hashes of the batch's blobs, 32 bytes each, the commitment of the word's blob (48), and the one or two elements that the
    /// word's bytes are in: `element (32) | proof (48)`. No word is in two blobs: a blob's payload is 3,968 words.
    function word(
        bytes32 commitment,
        uint64 length,
        uint256 index,
        bytes calldata proof
    ) external view returns (bytes32 result) {
        if (index >= (uint256(length) + 31) >> 5) return 0;
        uint256 start = index << 5;
        uint256 left = length - start;
        uint256 element = start / ELEMENT_PAYLOAD;
        uint256 offset = start % ELEMENT_PAYLOAD;
        // So many of the word's bytes are in the first element; they may be all that the batch has left.
        uint256 inFirst = ELEMENT_PAYLOAD - offset;
        uint256 hashes = 32 * _blobs(length);
        uint256 end = hashes + POINT + (left > inFirst ? 2 * OPENING : OPENING);
        if (proof.length != end) revert WrongProofLength(proof.length, end);
        bytes32 hash = keccak256(proof[:hashes]);
        if (hash != commitment) revert WrongBlobs(hash, commitment);
        bytes calldata openings = proof[hashes:];
        bytes32 blob = bytes32(proof[32 * (start / BLOB_PAYLOAD):]);
        result = (_element(blob, element, openings, POINT) << 8) << (8 * offset);
        if (left > inFirst) result |= (_element(blob, element + 1, openings, POINT + OPENING) << 8) >> (8 * inFirst);
        // What a blob holds past the batch's end is nobody's.
        if (left < 32) result &= ~bytes32(type(uint256).max >> (8 * left));
    }

    /// An element of a blob, which `openings` hold at `place`, after the blob's commitment.
    function _element(
        bytes32 versionedHash,
        uint256 index,
        bytes calldata openings,
        uint256 place
    ) private view returns (bytes32 value) {
        value = bytes32(openings[place:]);
        bytes calldata proof = openings[place + 32:place + OPENING];
        PointEvaluation.requireElement(versionedHash, index % PointEvaluation.ELEMENTS, value, openings[:POINT], proof);
    }

    /// How many blobs hold `length` bytes: at least one.
    function _blobs(uint256 length) private pure returns (uint256) {
        return length == 0 ? 1 : (length + BLOB_PAYLOAD - 1) / BLOB_PAYLOAD;
    }
}
