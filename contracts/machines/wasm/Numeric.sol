// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Outcome} from "../Outcome.sol";
import {Instruction} from "./Instruction.sol";
import {Registers} from "./Registers.sol";

/// @notice Integer instructions. Opcodes of both widths are computed as the i32 one's, with the width beside it.
library Numeric {
    uint256 private constant EQZ = 0x45;
    uint256 private constant EQ = 0x46;
    uint256 private constant NE = 0x47;
    uint256 private constant LT_S = 0x48;
    uint256 private constant LT_U = 0x49;
    uint256 private constant GT_S = 0x4a;
    uint256 private constant GT_U = 0x4b;
    uint256 private constant LE_S = 0x4c;
    uint256 private constant LE_U = 0x4d;
    uint256 private constant GE_S = 0x4e;
    uint256 private constant GE_U = 0x4f;
    /// `i64.eqz` and on.
    uint256 private constant COMPARISONS_64 = 0x50;
    uint256 private constant CLZ = 0x67;
    uint256 private constant CTZ = 0x68;
    uint256 private constant POPCNT = 0x69;
    uint256 private constant ADD = 0x6a;
    uint256 private constant SUB = 0x6b;
    uint256 private constant MUL = 0x6c;
    uint256 private constant DIV_S = 0x6d;
    uint256 private constant DIV_U = 0x6e;
    uint256 private constant REM_S = 0x6f;
    uint256 private constant REM_U = 0x70;
    uint256 private constant AND = 0x71;
    uint256 private constant OR = 0x72;
    uint256 private constant XOR = 0x73;
    uint256 private constant SHL = 0x74;
    uint256 private constant SHR_S = 0x75;
    uint256 private constant SHR_U = 0x76;
    uint256 private constant ROTL = 0x77;
    uint256 private constant ROTR = 0x78;
    /// `i64.clz` and on.
    uint256 private constant ARITHMETIC_64 = 0x79;
    uint256 private constant LAST_ARITHMETIC_64 = 0x8a;
    uint256 private constant I32_WRAP_I64 = 0xa7;
    uint256 private constant I64_EXTEND_I32_S = 0xac;
    uint256 private constant I64_EXTEND_I32_U = 0xad;
    uint256 private constant I32_EXTEND8_S = 0xc0;
    uint256 private constant I32_EXTEND16_S = 0xc1;
    uint256 private constant I64_EXTEND8_S = 0xc2;
    uint256 private constant I64_EXTEND16_S = 0xc3;
    uint256 private constant I64_EXTEND32_S = 0xc4;

    function execute(Registers memory self, Instruction memory i) internal pure returns (Outcome) {
        uint256 op = i.op;
        if (op <= LAST_ARITHMETIC_64) return _integer(self, i.h, op);
        if (!_isConversion(op)) return Outcome.Restores;
        self.set(i.h, _convert(op, self.get(i.h)));
        return Outcome.Continues;
    }

    function _integer(Registers memory self, uint256 h, uint256 op) private pure returns (Outcome) {
        uint256 bits = 32;
        if (op >= ARITHMETIC_64) {
            bits = 64;
            op -= ARITHMETIC_64 - CLZ;
        } else if (op >= COMPARISONS_64 && op < CLZ) {
            bits = 64;
            op -= COMPARISONS_64 - EQZ;
        }
        // What lies between the comparisons of i64 and the arithmetic compares floats.
        if (op > GE_U && op < CLZ) return Outcome.Restores;
        uint256 mask = (1 << bits) - 1;
        if (_isUnary(op)) {
            self.set(h, _unary(op, self.get(h) & mask, bits));
            return Outcome.Continues;
        }
        uint256 y = self.get(h + 1) & mask;
        uint256 x = self.get(h) & mask;
        if (op >= DIV_S && op <= REM_U) return _divide(self, h, op, x, y, bits);
        self.set(h, op <= GE_U ? _compare(op, x, y, bits) : _combine(op, x, y, bits) & mask);
        return Outcome.Continues;
    }

    function _isUnary(uint256 op) private pure returns (bool) {
        return op == EQZ || (op >= CLZ && op <= POPCNT);
    }

    function _unary(uint256 op, uint256 x, uint256 bits) private pure returns (uint256) {
        if (op == EQZ) return _flag(x == 0);
        if (op == POPCNT) return _ones(x);
        if (x == 0) return bits;
        if (op == CLZ) return bits - 1 - Math.log2(x);
        // The lowest bit that is set, alone.
        return Math.log2(x & ~(x - 1));
    }

    function _compare(uint256 op, uint256 x, uint256 y, uint256 bits) private pure returns (uint256) {
        if (op == EQ) return _flag(x == y);
        if (op == NE) return _flag(x != y);
        // With the sign bit turned over, signed numbers have the order of unsigned ones. Signed comparisons have even opcodes.
        if (op & 1 == 0) {
            x ^= 1 << (bits - 1);
            y ^= 1 << (bits - 1);
        }
        if (op <= LT_U) return _flag(x < y);
        if (op <= GT_U) return _flag(x > y);
        return op <= LE_U ? _flag(x <= y) : _flag(x >= y);
    }

    /// Binary instructions that cannot trap. Bits above the width are the caller's to cut off.
    function _combine(uint256 op, uint256 x, uint256 y, uint256 bits) private pure returns (uint256) {
        unchecked {
            if (op == ADD) return x + y;
            if (op == SUB) return x - y;
            if (op == MUL) return x * y;
            if (op == AND) return x & y;
            if (op == OR) return x | y;
            if (op == XOR) return x ^ y;
            uint256 count = y % bits;
            if (op == SHL) return x << count;
            if (op == SHR_U) return x >> count;
            if (op == SHR_S) return uint256(_signed(x, bits) >> count);
            if (op == ROTR) count = bits - count;
            return (x << count) | (x >> (bits - count));
        }
    }

    function _divide(
        Registers memory self,
        uint256 h,
        uint256 op,
        uint256 x,
        uint256 y,
        uint256 bits
    ) private pure returns (Outcome) {
        if (y == 0) return Outcome.Restores;
        uint256 result;
        if (op == DIV_U) result = x / y;
        else if (op == REM_U) result = x % y;
        else {
            (int256 a, int256 b) = (_signed(x, bits), _signed(y, bits));
            int256 signed = op == DIV_S ? a / b : a % b;
            if (signed == int256(1 << (bits - 1))) return Outcome.Restores;
            result = uint256(signed) & ((1 << bits) - 1);
        }
        self.set(h, result);
        return Outcome.Continues;
    }

    function _isConversion(uint256 op) private pure returns (bool) {
        if (op >= I32_EXTEND8_S) return op <= I64_EXTEND32_S;
        return op == I32_WRAP_I64 || op == I64_EXTEND_I32_S || op == I64_EXTEND_I32_U;
    }

    function _convert(uint256 op, uint256 x) private pure returns (uint256) {
        if (op == I32_WRAP_I64 || op == I64_EXTEND_I32_U) return uint32(x);
        if (op == I32_EXTEND8_S) return uint32(uint256(_signed(x, 8)));
        if (op == I32_EXTEND16_S) return uint32(uint256(_signed(x, 16)));
        if (op == I64_EXTEND8_S) return uint64(uint256(_signed(x, 8)));
        if (op == I64_EXTEND16_S) return uint64(uint256(_signed(x, 16)));
        // `i64.extend_i32_s` and `i64.extend32_s` differ in their type alone.
        return uint64(uint256(_signed(x, 32)));
    }

    /// The low `bits` as a signed number.
    function _signed(uint256 x, uint256 bits) private pure returns (int256 result) {
        // One opcode, where shifting there and back takes two and the compiler's checks.
        assembly ("memory-safe") {
            result := signextend(sub(shr(3, bits), 1), x)
        }
    }

    /// How many bits of the low 64 are set.
    function _ones(uint256 x) private pure returns (uint256) {
        unchecked {
            x -= (x >> 1) & 0x5555555555555555;
            x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
            return uint8((x * 0x0101010101010101) >> 56);
        }
    }

    function _flag(bool condition) private pure returns (uint256) {
        return condition ? 1 : 0;
    }
}
