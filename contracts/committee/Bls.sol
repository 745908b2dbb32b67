// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice BLS signatures over BLS12-381 by the precompiles of EIP-2537: keys in G2, signatures in G1. Points are encoded as the EIP says:
/// 128 bytes for G1, 256 for G2, each coordinate 64 bytes of which the first 16 are zero. A packed key is the 192 bytes of a G2 point
/// without those zeros.
library Bls {
    uint256 internal constant SIGNATURE_LENGTH = 128;
    uint256 internal constant KEY_LENGTH = 256;
    uint256 internal constant PACKED_KEY_LENGTH = 192;

    address private constant MODEXP = address(0x05);
    address private constant G1_ADD = address(0x0b);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_TO_G1 = address(0x10);

    /// The field's modulus: its upper 128 bits and its lower 256.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    /// The generator of G2, negated.
    bytes private constant MINUS_GENERATOR =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc"
        hex"b679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d"
        hex"993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    error WrongKeyLength(uint256 given, uint256 expected);
    error WrongSignatureLength(uint256 given, uint256 expected);
    /// @notice A precompile refused its operands: a point is not on the curve or not in its subgroup, or is not encoded as it should be.
    error InvalidPoint();
    /// @notice The point at infinity is no key and no signature.
    error PointAtInfinity();

    /// @notice Whether `signature` is the signature of the owner of `key` over `digest`. Both points must be in their subgroups.
    /// @param key 256 bytes.
    /// @param domain The domain separation tag of RFC 9380, at most 255 bytes.
    function verify(
        bytes memory key,
        bytes32 digest,
        bytes memory domain,
        bytes memory signature
    ) internal view returns (bool) {
        if (signature.length != SIGNATURE_LENGTH) {
            revert WrongSignatureLength(signature.length, SIGNATURE_LENGTH);
        }
        if (isZero(signature)) revert PointAtInfinity();
        // The product of e(signature, -generator) and e(hashed, key) is one exactly where the signature is good.
        bytes memory pairs = abi.encodePacked(signature, MINUS_GENERATOR, hashToG1(digest, domain), key);
        return uint256(bytes32(_call(PAIRING, pairs, 32))) == 1;
    }

    /// @notice `hash_to_curve` of RFC 9380 for the suite BLS12381G1_XMD:SHA-256_SSWU_RO_.
    /// @return point 128 bytes.
    function hashToG1(bytes32 digest, bytes memory domain) internal view returns (bytes memory point) {
        bytes memory tag = abi.encodePacked(domain, uint8(domain.length));
        // expand_message_xmd for 128 bytes: the message behind a block of zeros, the length, a zero; then four blocks of output.
        bytes32 first = sha256(abi.encodePacked(bytes32(0), bytes32(0), digest, uint16(128), uint8(0), tag));
        bytes memory chained = abi.encodePacked(first, uint8(1), tag);
        bytes32 a = sha256(chained);
        bytes32 b = _chain(chained, first ^ a, 2);
        bytes32 c = _chain(chained, first ^ b, 3);
        bytes32 d = _chain(chained, first ^ c, 4);
        return _call(G1_ADD, abi.encodePacked(_mapToG1(a, b), _mapToG1(c, d)), SIGNATURE_LENGTH);
    }

    /// @notice Turns a key into its negative, in place.
    function negate(bytes memory key) internal pure {
        _negate(key, 128);
        _negate(key, 192);
    }

    /// @notice The 192 bytes of a key that are not always zero.
    function pack(bytes memory key) internal pure returns (bytes memory packed) {
        if (key.length != KEY_LENGTH) revert WrongKeyLength(key.length, KEY_LENGTH);
        packed = new bytes(PACKED_KEY_LENGTH);
        // Solidity has no copies between arrays in memory.
        assembly ("memory-safe") {
            for {
                let i := 0
            } lt(i, 4) {
                i := add(i, 1)
            } {
                mcopy(add(packed, add(32, mul(i, 48))), add(key, add(48, shl(6, i))), 48)
            }
        }
    }

    /// @notice Turns packed keys into keys.
    /// @param packed Holds the key's 192 bytes from `offset` on.
    function unpack(bytes memory packed, uint256 offset) internal pure returns (bytes memory key) {
        key = new bytes(KEY_LENGTH);
        // Solidity has no copies between arrays in memory.
        assembly ("memory-safe") {
            let from := add(add(packed, 32), offset)
            for {
                let i := 0
            } lt(i, 4) {
                i := add(i, 1)
            } {
                mcopy(add(key, add(48, shl(6, i))), add(from, mul(i, 48)), 48)
            }
        }
    }

    function isZero(bytes memory point) internal pure returns (bool) {
        uint256 any = 0;
        // Words of an array of bytes cannot be read otherwise.
        assembly ("memory-safe") {
            let end := add(point, mload(point))
            for {
                let at := point
            } lt(at, end) {
                at := add(at, 32)
            } {
                any := or(any, mload(add(at, 32)))
            }
        }
        return any == 0;
    }

    /// Hashes what was hashed last, with its first word and the counter behind it replaced.
    function _chain(bytes memory chained, bytes32 word, uint256 counter) private pure returns (bytes32) {
        // In place, as Solidity cannot.
        assembly ("memory-safe") {
            mstore(add(chained, 32), word)
            mstore8(add(chained, 64), counter)
        }
        return sha256(chained);
    }

    /// Maps a number of 64 bytes, taken modulo the field's, to the curve.
    function _mapToG1(bytes32 high, bytes32 low) private view returns (bytes memory) {
        bytes memory reduction = abi.encodePacked(
            uint256(64),
            uint256(1),
            uint256(64),
            high,
            low,
            uint8(1),
            P_HIGH,
            P_LOW
        );
        return _call(MAP_TO_G1, _call(MODEXP, reduction, 64), SIGNATURE_LENGTH);
    }

    /// Replaces the field element of 64 bytes at `offset` by its negative; zero stays.
    function _negate(bytes memory key, uint256 offset) private pure {
        uint256 high;
        uint256 low;
        // Words of an array of bytes cannot be read otherwise.
        assembly ("memory-safe") {
            high := mload(add(key, add(32, offset)))
            low := mload(add(key, add(64, offset)))
        }
        if (high == 0 && low == 0) return;
        unchecked {
            high = P_HIGH - high - (low > P_LOW ? 1 : 0);
            low = P_LOW - low;
        }
        assembly ("memory-safe") {
            mstore(add(key, add(32, offset)), high)
            mstore(add(key, add(64, offset)), low)
        }
    }

    function _call(address precompile, bytes memory input, uint256 length) private view returns (bytes memory output) {
        output = new bytes(length);
        bool done;
        // Gives the output its place in memory, without a copy.
        assembly ("memory-safe") {
            done := staticcall(gas(), precompile, add(input, 32), mload(input), add(output, 32), length)
            done := and(done, eq(returndatasize(), length))
        }
        if (!done) revert InvalidPoint();
    }
}
