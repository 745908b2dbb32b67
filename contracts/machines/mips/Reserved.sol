// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Funct} from "./Funct.sol";

/// @notice Fields that an instruction does not use, as masks. They must be 0: with anything else there the bits are no instruction of the
/// machine, but perhaps of a later set or an extension.
library Reserved {
    uint256 private constant RS = 0x03e00000;
    uint256 private constant RT = 0x001f0000;
    uint256 private constant RD = 0x0000f800;
    uint256 private constant SA = 0x000007c0;
    /// Of a jump's hint all but the bit of `jr.hb` and `jalr.hb`, which has a pipeline wait, and no meaning here.
    uint256 private constant HINT = 0x000003c0;

    /// @notice Of `SPECIAL`, without shifts. `break` and conditional traps have a code where others have nothing.
    function ofSpecial(uint256 funct) internal pure returns (uint256) {
        if (funct >= Funct.TGE) return 0;
        if (funct >= Funct.ADD) return SA;
        if (funct >= Funct.MULT) return RD | SA;
        if (funct >= Funct.MFHI) return funct & 1 == 0 ? RS | RT | SA : RT | RD | SA;
        if (funct == Funct.JR) return RT | RD | HINT;
        if (funct == Funct.JALR) return RT | HINT;
        if (funct == Funct.SYNC) return RS | RT | RD | SA;
        return funct == Funct.BREAK ? 0 : SA;
    }

    /// @notice Of `SPECIAL2`. `clz` and `clo` may name a second register, and do not read it.
    function ofSpecial2(uint256 funct) internal pure returns (uint256) {
        return funct == Funct.MUL || funct >= Funct.CLZ ? SA : RD | SA;
    }
}
