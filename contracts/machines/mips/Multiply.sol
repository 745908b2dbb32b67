// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Outcome} from "../Outcome.sol";
import {RegisterFile} from "../registers/RegisterFile.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {Funct} from "./Funct.sol";
import {Instruction} from "./Instruction.sol";
import {Place} from "./Place.sol";

/// @notice Instructions that use the two registers of products and quotients.
library Multiply {
    /// @notice Moves, products and quotients.
    function special(RegisterFile memory file, Instruction i, uint256 x, uint256 y) internal pure returns (Outcome) {
        uint256 funct = i.funct();
        if (funct <= Funct.MTLO) {
            uint256 place = funct & 2 == 0 ? Place.HIGH : Place.LOW;
            if (funct & 1 == 1) file.set(place, x);
            else if (i.rd() != 0) file.set(i.rd(), file.get(place));
            return Outcome.Continues;
        }
        if (funct < Funct.MULT || funct > Funct.DIVU) return Outcome.Restores;
        (uint256 high, uint256 low) = Arithmetic.multiplyOrDivide(funct & 3, x, y);
        file.set(Place.HIGH, high);
        file.set(Place.LOW, low);
        return Outcome.Continues;
    }

    /// @notice Adds a product to what is there, or takes it off: `madd`, `maddu`, `msub`, `msubu`.
    function accumulate(RegisterFile memory file, uint256 funct, uint256 x, uint256 y) internal pure returns (Outcome) {
        uint256 sum = (file.get(Place.HIGH) << 32) | file.get(Place.LOW);
        uint256 product = Arithmetic.product(funct & 1 == 1, x, y);
        unchecked {
            sum = funct < 2 ? sum + product : sum - product;
        }
        file.set(Place.HIGH, sum >> 32);
        file.set(Place.LOW, sum);
        return Outcome.Continues;
    }
}
