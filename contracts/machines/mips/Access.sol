// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {ByteMemory} from "../registers/ByteMemory.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {Instruction} from "./Instruction.sol";
import {Op} from "./Op.sol";
import {Place} from "./Place.sol";

/// @notice Loads and stores, the most significant byte first. What is no multiple of its size traps, unless the instruction is for that.
library Access {
    uint256 private constant WORD = 0xffffffff;

    function execute(RegisterFile memory file, Instruction i) internal pure returns (Outcome) {
        uint256 op = i.opcode();
        if (op == Op.PREF) return Outcome.Continues;
        uint256 address_;
        unchecked {
            address_ = uint32(file.get(i.rs()) + i.offset());
        }
        uint256 size = _size(op);
        if (size == 0) return _part(file, op, i.rt(), address_);
        if (address_ & (size - 1) != 0) return Outcome.Restores;
        if (op == Op.SC) return _storeConditional(file, i.rt(), address_);
        if (op & 8 != 0) {
            ByteMemory.store(file, address_, size, file.get(i.rt()));
            return Outcome.Continues;
        }
        uint256 value = ByteMemory.load(file, address_, size);
        if (op == Op.LB) value = uint256(int256(int8(uint8(value))));
        else if (op == Op.LH) value = uint256(int256(int16(uint16(value))));
        else if (op == Op.LL) file.set(Place.LINK, address_ | 1);
        return _result(file, i.rt(), value);
    }

    /// 0 for what takes any address, or is no instruction.
    function _size(uint256 op) private pure returns (uint256) {
        if (op == Op.LW || op == Op.SW || op == Op.LL || op == Op.SC) return 4;
        if (op == Op.LB || op == Op.LBU || op == Op.SB) return 1;
        return op == Op.LH || op == Op.LHU || op == Op.SH ? 2 : 0;
    }

    /// The bytes of a word from an address on, or up to it.
    function _part(
        RegisterFile memory file,
        uint256 op,
        uint256 register,
        uint256 address_
    ) private pure returns (Outcome) {
        uint256 shift = (address_ & 3) << 3;
        bool left = op == Op.LWL || op == Op.SWL;
        if (!left) {
            if (op != Op.LWR && op != Op.SWR) return Outcome.Restores;
            shift = 24 - shift;
        }
        address_ &= ~uint256(3);
        uint256 word = ByteMemory.load(file, address_, 4);
        uint256 value = file.get(register);
        // What moves to the left in a load moves to the right in a store.
        if (op & 8 == 0) {
            (uint256 moved, uint256 mask) = _move(left, word, shift);
            return _result(file, register, (value & ~mask) | moved);
        }
        (uint256 stored, uint256 place) = _move(!left, value, shift);
        ByteMemory.store(file, address_, 4, (word & ~place) | stored);
        return Outcome.Continues;
    }

    function _move(bool left, uint256 value, uint256 shift) private pure returns (uint256 moved, uint256 mask) {
        return left ? ((value << shift) & WORD, (WORD << shift) & WORD) : (value >> shift, WORD >> shift);
    }

    function _storeConditional(
        RegisterFile memory file,
        uint256 register,
        uint256 address_
    ) private pure returns (Outcome) {
        bool linked = file.get(Place.LINK) == address_ | 1;
        if (linked) ByteMemory.store(file, address_, 4, file.get(register));
        file.set(Place.LINK, 0);
        return _result(file, register, linked ? 1 : 0);
    }

    function _result(RegisterFile memory file, uint256 register, uint256 value) private pure returns (Outcome) {
        if (register != 0) file.set(register, value);
        return Outcome.Continues;
    }
}
