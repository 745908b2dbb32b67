// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PointEvaluation} from "../blobs/PointEvaluation.sol";
import {StateHash} from "../machines/MachineState.sol";
import {IHistory} from "./IHistory.sol";

/// @notice 4,096 states in a blob of the transaction that claims them, committed by its versioned hash. An element is a whole word: one that is
/// no state's hash is a state that no machine has. Holds nothing; all chains share it.
contract BlobHistory is IHistory {
    uint256 private constant WIDTH = 12;
    uint256 private constant ELEMENTS = PointEvaluation.ELEMENTS;
    uint256 private constant POINT = PointEvaluation.POINT_LENGTH;
    /// Where the parts of a history's data begin.
    uint256 private constant LAST = 1;
    uint256 private constant COMMITMENT = LAST + 32;
    uint256 private constant PROOF = COMMITMENT + POINT;
    uint256 private constant END = PROOF + POINT;

    error WrongHistoryLength(uint256 given, uint256 expected);
    error WrongOpeningLength(uint256 given, uint256 expected);
    error NoSuchElement(uint256 index);
    /// @notice The transaction carries no blob of this number.
    error NoBlob(uint256 number);

    /// @inheritdoc IHistory
    function width() external pure returns (uint8) {
        return uint8(WIDTH);
    }

    /// @inheritdoc IHistory
    /// @param data `number (1) | last (32) | commitment (48) | proof (48)`: the number of the blob among those of the transaction, its last
    /// element, its KZG commitment, and the proof of that element.
    function commit(StateHash, bytes calldata data) external view returns (bytes32 commitment, StateHash last) {
        if (data.length != END) revert WrongHistoryLength(data.length, END);
        uint256 number = uint8(data[0]);
        commitment = blobhash(number);
        if (commitment == 0) revert NoBlob(number);
        bytes32 element = bytes32(data[LAST:COMMITMENT]);
        bytes calldata point = data[COMMITMENT:PROOF];
        PointEvaluation.requireElement(commitment, ELEMENTS - 1, element, point, data[PROOF:END]);
        last = StateHash.wrap(element);
    }

    /// @inheritdoc IHistory
    /// @param proof `commitment (48) | proof of first (48) | proof of second (48)`; without the proof of `first` for index 0.
    function open(
        bytes32 commitment,
        uint256 index,
        StateHash first,
        StateHash second,
        bytes calldata proof
    ) external view {
        if (index >= ELEMENTS) revert NoSuchElement(index);
        uint256 end = index == 0 ? 2 * POINT : 3 * POINT;
        if (proof.length != end) revert WrongOpeningLength(proof.length, end);
        bytes calldata point = proof[:POINT];
        // The state at `index` is the element before: index 0 is the start and no element.
        if (index > 0) {
            bytes32 before = StateHash.unwrap(first);
            PointEvaluation.requireElement(commitment, index - 1, before, point, proof[POINT:2 * POINT]);
        }
        PointEvaluation.requireElement(commitment, index, StateHash.unwrap(second), point, proof[end - POINT:]);
    }
}
