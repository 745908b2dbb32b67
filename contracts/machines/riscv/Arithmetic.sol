// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What instructions compute from two 32-bit numbers, and when they branch. Of results the low 32 bits count.
library Arithmetic {
    /// @param modified `sub` in place of `add`, `sra` in place of `srl`.
    function base(uint256 funct3, bool modified, uint256 x, uint256 y) internal pure returns (uint256) {
        unchecked {
            if (funct3 == 0) return modified ? x - y : x + y;
            if (funct3 == 1) return x << (y & 31);
            if (funct3 == 2) return signed(x) < signed(y) ? 1 : 0;
            if (funct3 == 3) return x < y ? 1 : 0;
            if (funct3 == 4) return x ^ y;
            if (funct3 == 5) return modified ? uint256(signed(x) >> (y & 31)) : x >> (y & 31);
            return funct3 == 6 ? x | y : x & y;
        }
    }

    /// @notice The extension M. Division by zero gives all ones and leaves all as the remainder; the one quotient that has no place is cut.
    function multiplyOrDivide(uint256 funct3, uint256 x, uint256 y) internal pure returns (uint256) {
        unchecked {
            if (funct3 == 0) return x * y;
            if (funct3 == 1) return uint256(signed(x) * signed(y)) >> 32;
            if (funct3 == 2) return uint256(signed(x) * int256(y)) >> 32;
            if (funct3 == 3) return (x * y) >> 32;
            if (y == 0) return funct3 < 6 ? type(uint256).max : x;
            if (funct3 == 4) return uint256(signed(x) / signed(y));
            if (funct3 == 5) return x / y;
            return funct3 == 6 ? uint256(signed(x) % signed(y)) : x % y;
        }
    }

    /// @notice Whether a branch is taken.
    /// @param funct3 Neither 2 nor 3.
    function branches(uint256 funct3, uint256 x, uint256 y) internal pure returns (bool) {
        bool negated = funct3 & 1 == 1;
        if (funct3 < 2) return (x == y) != negated;
        return (funct3 < 6 ? signed(x) < signed(y) : x < y) != negated;
    }

    function signed(uint256 x) internal pure returns (int256) {
        return int256(int32(uint32(x)));
    }
}
