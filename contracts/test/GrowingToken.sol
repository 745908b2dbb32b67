// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A token of which everybody has what somebody moves to them, wherever that comes from, until it is forgotten. For tests.
contract GrowingToken {
    mapping(address account => uint256) public balanceOf;

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[to] += amount;
        return true;
    }

    function transferFrom(address, address to, uint256 amount) external returns (bool) {
        balanceOf[to] += amount;
        return true;
    }

    function forget(address account) external {
        balanceOf[account] = 0;
    }
}
