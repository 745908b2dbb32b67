// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "../CloneArguments.sol";
import {Combination} from "./Combination.sol";

/// @notice Final once as many of its parts as its argument says are.
contract AtLeast is Combination {
    /// @inheritdoc Combination
    function required() public view override returns (uint256) {
        return CloneArguments.word(0);
    }
}
