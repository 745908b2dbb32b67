// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Registers} from "./Registers.sol";

/// @notice Loads, stores, and the memory's size. Numbers are little-endian in memory, and may lie across two leaves.
library Memory {
    /// Bytes that the loads and then the stores touch, in the order of their opcodes; zero for those of floats.
    bytes23 private constant SIZES = hex"0408000001010202010102020404040800000102010204";

    uint256 private constant LAST_LOAD_OF_I32 = 0x2f;
    uint256 private constant FIRST_NARROW_LOAD = 0x2c;
    uint256 private constant LEAF_BITS = 256;

    function execute(Registers memory self, Instruction memory i) internal pure returns (Outcome) {
        if (i.op == Op.MEMORY_SIZE) self.set(i.h, self.pages);
        else if (i.op == Op.MEMORY_GROW) _grow(self, i);
        else return _access(self, i);
        return Outcome.Continues;
    }

    function _grow(Registers memory self, Instruction memory i) private pure {
        uint256 pages = self.pages;
        uint256 sum = pages + self.get32(i.h);
        if (sum <= i.a) self.pages = sum;
        self.set(i.h, sum <= i.a ? pages : type(uint32).max);
    }

    function _access(Registers memory self, Instruction memory i) private pure returns (Outcome) {
        uint256 size = uint8(SIZES[i.op - Op.FIRST_LOAD]);
        if (size == 0) return Outcome.Restores;
        bool stores = i.op >= Op.FIRST_STORE;
        uint256 value = stores ? self.get(i.h + 1) : 0;
        uint256 address_ = self.get32(i.h) + i.b;
        if (address_ + size > self.memorySize()) return Outcome.Restores;
        if (stores) _store(self, address_, size, value);
        else self.set(i.h, _extend(i.op, size, _load(self, address_, size)));
        return Outcome.Continues;
    }

    function _load(Registers memory self, uint256 address_, uint256 size) private pure returns (uint256) {
        uint256 start = (address_ & 31) << 3;
        uint256 bits = uint256(self.memory_.touch(self.witness, address_ >> 5)) << start;
        if (start + (size << 3) > LEAF_BITS)
            bits |= uint256(self.memory_.touch(self.witness, (address_ >> 5) + 1)) >> (LEAF_BITS - start);
        return _reverse(bits >> 192) & _mask(size);
    }

    function _store(Registers memory self, uint256 address_, uint256 size, uint256 value) private pure {
        uint256 start = (address_ & 31) << 3;
        // The bytes as they lie in memory, and their place, at the left end of a word.
        uint256 bits = _reverse(value & _mask(size)) << 192;
        uint256 place = _mask(size) << (LEAF_BITS - (size << 3));
        _replace(self, address_ >> 5, bits >> start, place >> start);
        if (start + (size << 3) > LEAF_BITS) {
            _replace(self, (address_ >> 5) + 1, bits << (LEAF_BITS - start), place << (LEAF_BITS - start));
        }
    }

    function _replace(Registers memory self, uint256 index, uint256 bits, uint256 place) private pure {
        uint256 leaf = uint256(self.memory_.touch(self.witness, index));
        self.memory_.write(bytes32((leaf & ~place) | bits));
    }

    /// Narrow loads with even opcodes are signed.
    function _extend(uint256 op, uint256 size, uint256 value) private pure returns (uint256) {
        if (op < FIRST_NARROW_LOAD || op & 1 == 1) return value;
        uint256 sign = 1 << ((size << 3) - 1);
        uint256 extended;
        unchecked {
            extended = (value ^ sign) - sign;
        }
        return op <= LAST_LOAD_OF_I32 ? uint32(extended) : uint64(extended);
    }

    /// The low 64 bits with their bytes in the opposite order.
    function _reverse(uint256 value) private pure returns (uint256) {
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        return ((value & 0xffffffff) << 32) | (value >> 32);
    }

    function _mask(uint256 size) private pure returns (uint256) {
        return (1 << (size << 3)) - 1;
    }
}
