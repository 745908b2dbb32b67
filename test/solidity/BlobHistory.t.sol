// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PointEvaluation} from "../../contracts/blobs/PointEvaluation.sol";
import {BlobHistory} from "../../contracts/dispute/BlobHistory.sol";
import {StateHash} from "../../contracts/machines/MachineState.sol";
import {LinearBlob, LinearBlobs} from "./LinearBlobs.sol";
import {vm} from "./Vm.sol";

/// @notice A blob's history is opened as its elements say, and in no other way.
contract BlobHistoryTest {
    BlobHistory private immutable HISTORY = new BlobHistory();

    /// hardhat-config: default.fuzz.runs = 256
    function testFuzz_findsThePointOfEveryElement(uint16 index) external view {
        require(PointEvaluation.pointOf(index % 4096) == LinearBlobs.point(index % 4096), "another point");
    }

    /// What a transaction with blobs commits to is tested by such transactions, which this runner does not send.
    /// hardhat-config: default.fuzz.runs = 32
    function testFuzz_commitsToNothingWithoutABlob(uint256 a, uint256 b, uint8 number, uint16 length) external view {
        LinearBlob memory blob = LinearBlobs.blob(a, b);
        bytes memory data = abi.encodePacked(number, blob.element(4095), blob.commitment(), blob.proof());
        _requireUncommitted(data, BlobHistory.NoBlob.selector);
        if (length != data.length) _requireUncommitted(new bytes(length), BlobHistory.WrongHistoryLength.selector);
    }

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_opensEveryIndexAndNothingElse(uint256 a, uint256 b, uint16 index, uint16 bit) external view {
        LinearBlob memory blob = LinearBlobs.blob(a, b);
        index %= 4096;
        bytes memory proof = _opening(blob, index);
        (bytes32 first, bytes32 second) = (_state(blob, index), _state(blob, index + 1));
        _open(blob, index, first, second, proof);
        bytes32 flip = bytes32(uint256(1) << (bit % 256));
        _requireUnopened(blob, index, first, second ^ flip, proof);
        if (index > 0) _requireUnopened(blob, index, first ^ flip, second, proof);
        // The same element, and a word that is not below the order of the field.
        if (uint256(second) < type(uint256).max - PointEvaluation.MODULUS) {
            bytes32 alias_ = bytes32(uint256(second) + PointEvaluation.MODULUS);
            _requireUnopened(blob, index, first, alias_, proof);
        }
        _requireUnopened(LinearBlobs.blob(a ^ 2, b), index, first, second, proof);
        uint256 place = (bit / 8) % proof.length;
        proof[place] ^= bytes1(uint8(1 << (bit % 8)));
        _requireUnopened(blob, index, first, second, proof);
    }

    /// Of a blob with a slope no two elements are the same, so that an opening is right at one index alone.
    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_opensNoOtherIndex(uint256 a, uint256 b, uint16 index, uint16 other) external view {
        LinearBlob memory blob = LinearBlobs.blob(a, b | 1);
        index = 1 + (index % 4095);
        other = 1 + (other % 4095);
        vm.assume(index != other);
        _requireUnopened(blob, other, _state(blob, index), _state(blob, index + 1), _opening(blob, index));
    }

    function _state(LinearBlob memory blob, uint256 index) private view returns (bytes32) {
        return index == 0 ? keccak256("the start, which is no element") : blob.element(index - 1);
    }

    function _opening(LinearBlob memory blob, uint256 index) private view returns (bytes memory) {
        bytes memory proof = blob.proof();
        return bytes.concat(blob.commitment(), index == 0 ? bytes("") : proof, proof);
    }

    function _open(
        LinearBlob memory blob,
        uint256 index,
        bytes32 first,
        bytes32 second,
        bytes memory proof
    ) private view {
        HISTORY.open(blob.versionedHash(), index, StateHash.wrap(first), StateHash.wrap(second), proof);
    }

    function _requireUnopened(
        LinearBlob memory blob,
        uint256 index,
        bytes32 first,
        bytes32 second,
        bytes memory proof
    ) private view {
        bytes32 commitment = blob.versionedHash();
        // The precompile takes all gas that a refused call is given.
        try HISTORY.open{gas: 500_000}(commitment, index, StateHash.wrap(first), StateHash.wrap(second), proof) {
            revert("opened");
        } catch (bytes memory reason) {
            require(bytes4(reason) == PointEvaluation.WrongElement.selector, "refused for another reason");
        }
    }

    function _requireUncommitted(bytes memory data, bytes4 selector) private view {
        try HISTORY.commit{gas: 500_000}(StateHash.wrap(0), data) {
            revert("committed");
        } catch (bytes memory reason) {
            require(bytes4(reason) == selector, "refused for another reason");
        }
    }
}
