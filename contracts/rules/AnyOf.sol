// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Combination} from "./Combination.sol";

/// @notice Final once any one of its parts is.
contract AnyOf is Combination {
    /// @inheritdoc Combination
    function required() public pure override returns (uint256) {
        return 1;
    }
}
