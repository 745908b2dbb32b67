// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What instructions compute from 32-bit numbers. Of results the low 32 bits count.
library Arithmetic {
    /// @param kind The low three bits of the function, or of the opcode that has an immediate: `add`, `addu`, `sub`, `subu`, `and`, `or`,
    /// `xor`, `nor`.
    function base(uint256 kind, uint256 x, uint256 y) internal pure returns (uint256) {
        unchecked {
            if (kind < 2) return x + y;
            if (kind < 4) return x - y;
            if (kind == 4) return x & y;
            if (kind == 5) return x | y;
            return kind == 6 ? x ^ y : ~(x | y);
        }
    }

    /// @notice Whether a sum or difference is no number of 32 bits with a sign.
    function overflows(bool subtracts, uint256 x, uint256 y) internal pure returns (bool) {
        unchecked {
            int256 value = subtracts ? signed(x) - signed(y) : signed(x) + signed(y);
            return value != int256(int32(value));
        }
    }

    function lessThan(bool unsigned, uint256 x, uint256 y) internal pure returns (bool) {
        return unsigned ? x < y : signed(x) < signed(y);
    }

    /// @param kind 0 to the left, 2 to the right, 3 to the right with the sign.
    function shift(uint256 kind, bool rotates, uint256 x, uint256 count) internal pure returns (uint256) {
        count &= 31;
        if (kind == 0) return x << count;
        if (kind == 3) return uint256(signed(x) >> count);
        return (rotates ? (x << 32) | x : x) >> count;
    }

    /// @notice The high and low halves of products and of remainder and quotient: `mult`, `multu`, `div`, `divu`.
    /// @param kind The low two bits of the function. Division by zero gives zeros.
    function multiplyOrDivide(uint256 kind, uint256 x, uint256 y) internal pure returns (uint256 high, uint256 low) {
        unchecked {
            if (kind < 2) {
                low = product(kind == 1, x, y);
                return (low >> 32, low);
            }
            if (y == 0) return (0, 0);
            if (kind == 3) return (x % y, x / y);
            return (uint256(signed(x) % signed(y)), uint256(signed(x) / signed(y)));
        }
    }

    function product(bool unsigned, uint256 x, uint256 y) internal pure returns (uint256) {
        unchecked {
            return unsigned ? x * y : uint256(signed(x) * signed(y));
        }
    }

    function leadingZeros(uint256 x) internal pure returns (uint256) {
        return x == 0 ? 32 : _leadingZeros(x);
    }

    /// @notice The low 32 bits with the bytes of each half in the opposite order.
    function swapBytes(uint256 x) internal pure returns (uint256) {
        return ((x & 0x00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff);
    }

    function signed(uint256 x) internal pure returns (int256) {
        return int256(int32(uint32(x)));
    }

    function _leadingZeros(uint256 x) private pure returns (uint256 count) {
        // An instruction of the EVM that Solidity has no name for.
        assembly ("memory-safe") {
            count := sub(clz(x), 224)
        }
    }
}
