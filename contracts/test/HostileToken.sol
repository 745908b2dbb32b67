// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Called in the middle of a transfer.
interface ITransferHook {
    function inTransfer() external;
}

/// @notice A token that can take a fee, say no instead of reverting, and call the sender before it moves anything. For tests.
contract HostileToken is ERC20("Hostile", "HOST") {
    uint256 public feeBasisPoints;
    bool public refusing;
    mapping(address account => bool) public hooked;

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function setFee(uint256 basisPoints) external {
        feeBasisPoints = basisPoints;
    }

    function setRefusing(bool given) external {
        refusing = given;
    }

    /// @notice Calls the caller whenever its tokens are taken.
    function setHook(bool given) external {
        hooked[msg.sender] = given;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !refusing && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (refusing) return false;
        if (hooked[from]) ITransferHook(from).inTransfer();
        return super.transferFrom(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : (amount * feeBasisPoints) / 10_000;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
