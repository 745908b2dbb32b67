// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Elements of EIP-4844 blobs, proved with the point evaluation precompile. A blob is 4,096 elements of the BLS12-381 scalar field;
/// element `i` is the value of the blob's polynomial at the 4096th root of unity whose exponent is `i` with its 12 bits reversed.
library PointEvaluation {
    uint256 internal constant ELEMENTS = 4096;
    /// The order of the BLS12-381 scalar field.
    uint256 internal constant MODULUS = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
    /// Of a commitment or a proof, which are compressed points of G1.
    uint256 internal constant POINT_LENGTH = 48;

    uint256 private constant PRECOMPILE = 0x0a;

    error WrongPointLength(uint256 given, uint256 expected);
    /// @notice The proof does not show that the blob has this element, or this layer has no point evaluation.
    error WrongElement(bytes32 versionedHash, uint256 index, bytes32 element);

    /// @notice Reverts unless `element` is the blob's element at `index`, which is below 4096. A word that is no field element never is.
    /// @dev The precompile takes all gas that it is given where it refuses; a fixed allowance would fail for ever if its price rose.
    /// @param commitment 48 bytes, whose versioned hash must be `versionedHash`.
    /// @param proof 48 bytes, the opening at the element's point.
    function requireElement(
        bytes32 versionedHash,
        uint256 index,
        bytes32 element,
        bytes calldata commitment,
        bytes calldata proof
    ) internal view {
        if (commitment.length != POINT_LENGTH) revert WrongPointLength(commitment.length, POINT_LENGTH);
        if (proof.length != POINT_LENGTH) revert WrongPointLength(proof.length, POINT_LENGTH);
        uint256 point = pointOf(index);
        bool answered;
        uint256 answer;
        // Solidity would copy all five parts twice to build the input.
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, versionedHash)
            mstore(add(input, 0x20), point)
            mstore(add(input, 0x40), element)
            calldatacopy(add(input, 0x60), commitment.offset, 48)
            calldatacopy(add(input, 0x90), proof.offset, 48)
            answered := staticcall(gas(), PRECOMPILE, input, 0xc0, 0x00, 0x40)
            answered := and(answered, eq(returndatasize(), 0x40))
            answer := mload(0x20)
        }
        // Where there is no precompile, the call of an account without code succeeds; only the precompile answers with the modulus.
        if (!answered || answer != MODULUS) revert WrongElement(versionedHash, index, element);
    }

    /// @notice The point at which a blob's polynomial has the element at `index` as its value.
    function pointOf(uint256 index) internal pure returns (uint256 point) {
        // Bit `k` of the index is bit `11 - k` of the exponent, so each set bit multiplies by one power of the root of unity
        // `7 ** ((MODULUS - 1) / 4096)`: that to the power of 2048, 1024, ... 1. Half of what a loop over squares takes, and below a call of modexp.
        assembly ("memory-safe") {
            point := 1
            if and(index, 0x1) {
                point := 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000
            }
            if and(index, 0x2) {
                point := mulmod(point, 0x00000000000000008d51ccce760304d0ec030002760300000001000000000000, MODULUS)
            }
            if and(index, 0x4) {
                point := mulmod(point, 0x345766f603fa66e78c0625cd70d77ce2b38b21c28713b7007228fd3397743f7a, MODULUS)
            }
            if and(index, 0x8) {
                point := mulmod(point, 0x20b1ce9140267af9dd1c0af834cec32c17beb312f20b6f7653ea61d87742bcce, MODULUS)
            }
            if and(index, 0x10) {
                point := mulmod(point, 0x50e0903a157988bab4bcd40e22f55448bf6e88fb4c38fb8a360c60997369df4e, MODULUS)
            }
            if and(index, 0x20) {
                point := mulmod(point, 0x45af6345ec055e4d14a1e27164d8fdbd2d967f4be2f951558140d032f0a9ee53, MODULUS)
            }
            if and(index, 0x40) {
                point := mulmod(point, 0x6898111413588742b7c68b4d7fdd60d098d0caac87f5713c5130c2c1660125be, MODULUS)
            }
            if and(index, 0x80) {
                point := mulmod(point, 0x4f9b4098e2e9f12e6b368121ac0cf4ad0a0865a899e8deff4935bd2f817f694b, MODULUS)
            }
            if and(index, 0x100) {
                point := mulmod(point, 0x095166525526a65439feec240d80689fd697168a3a6000fe4541b8ff2ee0434e, MODULUS)
            }
            if and(index, 0x200) {
                point := mulmod(point, 0x325db5c3debf77a18f4de02c0f776af3ea437f9626fc085e3c28d666a5c2d854, MODULUS)
            }
            if and(index, 0x400) {
                point := mulmod(point, 0x6d031f1b5c49c83409f1ca610a08f16655ea6811be9c622d4a838b5d59cd79e5, MODULUS)
            }
            if and(index, 0x800) {
                point := mulmod(point, 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306, MODULUS)
            }
        }
    }
}
