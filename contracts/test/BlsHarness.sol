// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bls} from "../committee/Bls.sol";
import {DataContract} from "../committee/DataContract.sol";
import {Seats} from "../committee/Seats.sol";

/// @notice The committee's arithmetic on points, one function at a time. For tests.
contract BlsHarness {
    address private _seats;
    uint256 private _size;

    /// @param keys Packed.
    function setSeats(address[] calldata members, bytes[] calldata keys) external {
        address[] memory kept = new address[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) kept[i] = DataContract.write(keys[i]);
        _seats = Seats.write(members, kept);
        _size = keys.length;
    }

    function keyOf(uint256 signers) external view returns (bytes memory) {
        return Seats.keyOf(_seats, signers, _size);
    }

    function all() external view returns (address[] memory) {
        return Seats.all(_seats);
    }

    function hashToG1(bytes32 digest, bytes calldata domain) external view returns (bytes memory) {
        return Bls.hashToG1(digest, domain);
    }

    function verify(
        bytes calldata key,
        bytes32 digest,
        bytes calldata domain,
        bytes calldata signature
    ) external view returns (bool) {
        return Bls.verify(key, digest, domain, signature);
    }

    function negate(bytes calldata key) external pure returns (bytes memory negative) {
        negative = key;
        Bls.negate(negative);
    }

    function pack(bytes calldata key) external pure returns (bytes memory) {
        return Bls.pack(key);
    }

    function unpack(bytes calldata packed, uint256 offset) external pure returns (bytes memory) {
        return Bls.unpack(packed, offset);
    }

    function isZero(bytes calldata point) external pure returns (bool) {
        return Bls.isZero(point);
    }

    function bitCount(uint256 bits) external pure returns (uint256) {
        return Seats.bitCount(bits);
    }
}
