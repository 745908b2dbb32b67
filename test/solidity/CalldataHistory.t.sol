// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CalldataHistory} from "../../contracts/dispute/CalldataHistory.sol";
import {StateHash} from "../../contracts/machines/MachineState.sol";
import {Histories} from "./Histories.sol";

/// @notice Any history is committed and opened as its definition says.
contract CalldataHistoryTest {
    CalldataHistory private immutable HISTORY = new CalldataHistory();

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_commitsToEveryHistory(bytes32 start, uint64 repeats, uint8 idleFrom, bytes32 seed) external view {
        bytes32[65] memory states = _states(start, repeats, idleFrom % 65, seed);
        bytes32 root = Histories.root(states);
        _requireCommitment(start, Histories.data(states), root, states[64]);
        _requireCommitment(start, Histories.shortData(states), root, states[64]);
    }

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_refusesDataOfAnyOtherLength(uint64 repeats, bytes32 seed, uint16 length) external view {
        bytes memory data = Histories.shortData(_states(seed, repeats, 64, seed));
        length %= 2200;
        if (length == data.length) ++length;
        bytes memory other = new bytes(length);
        for (uint256 i = 0; i < length && i < data.length; ++i) other[i] = data[i];
        // Data that was cut inside its bitmap says something else than the whole; it is too short all the same.
        try HISTORY.commit(StateHash.wrap(seed), other) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == CalldataHistory.WrongHistoryLength.selector, "refused for another reason");
        }
    }

    /// hardhat-config: default.fuzz.runs = 64
    function testFuzz_opensEveryIndexAndNothingElse(
        uint8 index,
        uint64 repeats,
        bytes32 seed,
        uint16 bit
    ) external view {
        index %= 64;
        bytes32[65] memory states = _states(seed, repeats, 64, seed);
        bytes32 root = Histories.root(states);
        bytes memory proof = Histories.opening(states, index);
        (StateHash first, StateHash second) = (StateHash.wrap(states[index]), StateHash.wrap(states[index + 1]));
        HISTORY.open(root, index, first, second, proof);
        _requireRefused(
            root,
            index,
            first,
            StateHash.wrap(states[index + 1] ^ bytes32(uint256(1) << (bit % 256))),
            proof
        );
        if (index > 0) {
            _requireRefused(
                root,
                index,
                StateHash.wrap(states[index] ^ bytes32(uint256(1) << (bit % 256))),
                second,
                proof
            );
        }
        uint256 place = bit % proof.length;
        proof[place] = bytes1(uint8(proof[place]) ^ uint8(1 << (bit % 8)));
        _requireRefused(root, index, first, second, proof);
    }

    function _requireCommitment(bytes32 start, bytes memory data, bytes32 root, bytes32 end) private view {
        (bytes32 commitment, StateHash last) = HISTORY.commit(StateHash.wrap(start), data);
        require(commitment == root, "another root");
        require(StateHash.unwrap(last) == end, "another end");
    }

    function _requireRefused(
        bytes32 root,
        uint256 index,
        StateHash first,
        StateHash second,
        bytes memory proof
    ) private view {
        try HISTORY.open(root, index, first, second, proof) {
            revert("opened");
        } catch (bytes memory reason) {
            require(bytes4(reason) == CalldataHistory.WrongOpening.selector, "refused for another reason");
        }
    }

    /// States that repeat where `repeats` says so and from `idleFrom` on.
    function _states(
        bytes32 start,
        uint64 repeats,
        uint256 idleFrom,
        bytes32 seed
    ) private pure returns (bytes32[65] memory states) {
        states[0] = start;
        for (uint256 i = 1; i <= 64; ++i) {
            bool same = i > idleFrom || (repeats >> (i - 1)) & 1 == 1;
            states[i] = same ? states[i - 1] : keccak256(abi.encode(seed, i));
        }
    }
}
