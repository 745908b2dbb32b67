// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Bls} from "./Bls.sol";
import {DataContract} from "./DataContract.sol";

/// @notice The seats of an epoch as a data contract: the sum of all keys (192 bytes, packed), then for each seat its key (192, packed) and its
/// member (20).
library Seats {
    uint256 private constant SEAT_LENGTH = Bls.PACKED_KEY_LENGTH + 20;

    /// @param members One for each seat.
    /// @param keys The data contracts of their keys.
    function write(address[] memory members, address[] memory keys) internal returns (address) {
        bytes memory seats = new bytes(Bls.PACKED_KEY_LENGTH + SEAT_LENGTH * members.length);
        bytes memory sum = new bytes(2 * Bls.KEY_LENGTH);
        for (uint256 seat = 0; seat < members.length; ++seat) {
            uint256 offset = Bls.PACKED_KEY_LENGTH + SEAT_LENGTH * seat;
            _load(sum, 1, keys[seat], 0);
            _add(sum);
            _put(seats, offset, DataContract.read(keys[seat], 0, Bls.PACKED_KEY_LENGTH));
            _put(seats, offset + Bls.PACKED_KEY_LENGTH, abi.encodePacked(members[seat]));
        }
        assembly ("memory-safe") {
            mstore(sum, 256)
        }
        _put(seats, 0, Bls.pack(sum));
        return DataContract.write(seats);
    }

    function count(address seats) internal view returns (uint256) {
        uint256 length = seats.code.length;
        return length == 0 ? 0 : (length - 1 - Bls.PACKED_KEY_LENGTH) / SEAT_LENGTH;
    }

    /// @notice The member of each seat.
    function all(address seats) internal view returns (address[] memory members) {
        members = new address[](count(seats));
        for (uint256 seat = 0; seat < members.length; ++seat) {
            uint256 offset = 2 * Bls.PACKED_KEY_LENGTH + SEAT_LENGTH * seat;
            members[seat] = address(bytes20(DataContract.read(seats, offset, 20)));
        }
    }

    /// @notice The sum of the signers' keys, 256 bytes: added up where few have signed, else the stored sum less the others.
    function keyOf(address seats, uint256 signers, uint256 size) internal view returns (bytes memory key) {
        uint256 absent = ~signers & ((1 << size) - 1);
        // The sum so far, and behind it what is added next.
        key = new bytes(2 * Bls.KEY_LENGTH);
        if (absent == 0) {
            _load(key, 0, seats, 0);
        } else if (bitCount(signers) <= bitCount(absent)) {
            _sumSeats(key, seats, signers);
        } else {
            _sumSeats(key, seats, absent);
            Bls.negate(key);
            _load(key, 1, seats, 0);
            _add(key);
        }
        // Cuts off what was added last.
        assembly ("memory-safe") {
            mstore(key, 256)
        }
    }

    /// @notice How many bits are set, at most 255: counted in pairs, then in groups of four, then by byte, and the bytes added up.
    function bitCount(uint256 bits) internal pure returns (uint256) {
        unchecked {
            bits -= (bits >> 1) & (type(uint256).max / 3);
            bits = (bits & (type(uint256).max / 5)) + ((bits >> 2) & (type(uint256).max / 5));
            bits = (bits + (bits >> 4)) & (type(uint256).max / 17);
            return (bits * (type(uint256).max / 255)) >> 248;
        }
    }

    /// Makes the sum that of the chosen seats, at least one.
    function _sumSeats(bytes memory pair, address seats, uint256 chosen) private view {
        uint256 half = 0;
        for (; chosen != 0; chosen &= chosen - 1) {
            uint256 seat = 255 - Math.clz(chosen & (~chosen + 1));
            _load(pair, half, seats, Bls.PACKED_KEY_LENGTH + SEAT_LENGTH * seat);
            if (half == 0) half = 1;
            else _add(pair);
        }
    }

    /// Loads the packed key at `offset` of a data contract into a half of `pair`.
    function _load(bytes memory pair, uint256 half, address data, uint256 offset) private view {
        // There may be a dozen of these in a call: Solidity would allocate and copy four times for each.
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            extcodecopy(data, scratch, add(offset, 1), 192)
            let key := add(pair, add(32, shl(8, half)))
            mcopy(add(key, 16), scratch, 48)
            mcopy(add(key, 80), add(scratch, 48), 48)
            mcopy(add(key, 144), add(scratch, 96), 48)
            mcopy(add(key, 208), add(scratch, 144), 48)
        }
    }

    /// Adds the second half of `pair` to the first.
    function _add(bytes memory pair) private view {
        bool done;
        // In place, as Solidity's calls cannot.
        assembly ("memory-safe") {
            done := staticcall(gas(), 0x0d, add(pair, 32), 512, add(pair, 32), 256)
        }
        if (!done) revert Bls.InvalidPoint();
    }

    function _put(bytes memory target, uint256 offset, bytes memory part) private pure {
        // Solidity has no copies between arrays in memory.
        assembly ("memory-safe") {
            mcopy(add(add(target, 32), offset), add(part, 32), mload(part))
        }
    }
}
