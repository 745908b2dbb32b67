// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PointEvaluation} from "../../contracts/blobs/PointEvaluation.sol";

/// @notice A blob whose polynomial is `constant_ + slope * X`: of such a one every commitment and proof can be computed on chain, under the real
/// trusted setup, since the quotient of an opening is the slope, wherever it is opened.
struct LinearBlob {
    uint256 constant_;
    uint256 slope;
}

library LinearBlobs {
    uint256 private constant MODULUS = PointEvaluation.MODULUS;
    uint256 private constant ROOT = 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306;
    address private constant MODEXP = address(0x05);
    address private constant G1_MSM = address(0x0c);
    /// The generator of G1 and the trusted setup's first power of it, as EIP-2537 takes points.
    bytes private constant GENERATOR =
        hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";
    bytes private constant POWER =
        hex"000000000000000000000000000000000d3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c810000000000000000000000000000000017de623f59a3043952d2f637a935fae14b6dee8b255e526304963d58ab6f1a827c7de623d34d394f8a3d0f57d6e972b9";
    /// Half of the base field's order, rounded down: a point with a greater `y` is marked so where it is compressed.
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    /// @notice Of any two words a blob.
    function blob(uint256 constant_, uint256 slope) internal pure returns (LinearBlob memory) {
        return LinearBlob(constant_ % MODULUS, slope % MODULUS);
    }

    function element(LinearBlob memory self, uint256 index) internal view returns (bytes32) {
        return bytes32(addmod(self.constant_, mulmod(self.slope, point(index), MODULUS), MODULUS));
    }

    function commitment(LinearBlob memory self) internal view returns (bytes memory) {
        return _combine(self.constant_, self.slope);
    }

    /// @notice Of any element.
    function proof(LinearBlob memory self) internal view returns (bytes memory) {
        return _combine(self.slope, 0);
    }

    function versionedHash(LinearBlob memory self) internal view returns (bytes32) {
        uint256 hash = uint256(sha256(commitment(self)));
        return bytes32((hash & (type(uint256).max >> 8)) | (1 << 248));
    }

    /// @notice The root of unity at the reversed index, computed as its definition says.
    function point(uint256 index) internal view returns (uint256) {
        uint256 exponent = 0;
        for (uint256 bit = 0; bit < 12; ++bit) exponent |= ((index >> bit) & 1) << (11 - bit);
        (bool good, bytes memory power) = MODEXP.staticcall(abi.encode(32, 32, 32, ROOT, exponent, MODULUS));
        require(good, "no modexp");
        return abi.decode(power, (uint256));
    }

    function _combine(uint256 ofGenerator, uint256 ofPower) private view returns (bytes memory) {
        (bool good, bytes memory sum) = G1_MSM.staticcall(abi.encodePacked(GENERATOR, ofGenerator, POWER, ofPower));
        require(good, "no G1 multiplication");
        (bytes32 xHigh, bytes32 xLow, bytes32 yHigh, bytes32 yLow) = abi.decode(
            sum,
            (bytes32, bytes32, bytes32, bytes32)
        );
        return abi.encodePacked(uint128(uint256(xHigh)) | _flags(xHigh, xLow, uint256(yHigh), uint256(yLow)), xLow);
    }

    /// The three highest bits of a compressed point: it is compressed, it is the one at infinity, its `y` is the greater one.
    function _flags(bytes32 xHigh, bytes32 xLow, uint256 yHigh, uint256 yLow) private pure returns (uint128) {
        if (xHigh | xLow | bytes32(yHigh | yLow) == 0) return 0xc0 << 120;
        bool greater = yHigh > HALF_HIGH || (yHigh == HALF_HIGH && yLow > HALF_LOW);
        return uint128(greater ? 0xa0 : 0x80) << 120;
    }
}

using LinearBlobs for LinearBlob global;
