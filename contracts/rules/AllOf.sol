// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Combination} from "./Combination.sol";

/// @notice Final once all of its parts are.
contract AllOf is Combination {
    /// @inheritdoc Combination
    function required() public view override returns (uint256) {
        return partCount();
    }
}
