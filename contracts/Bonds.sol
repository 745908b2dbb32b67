// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IClaimTree} from "./dispute/IClaimTree.sol";
import {RollupArguments} from "./RollupArguments.sol";

/// @notice Takes bonds and keeps what they turned into: credits. Ether leaves only through `withdrawCredit`.
abstract contract Bonds is IClaimTree {
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @inheritdoc IClaimTree
    mapping(address account => uint256) public credit;

    /// @inheritdoc IClaimTree
    function withdrawCredit(address account) external {
        uint256 amount = credit[account];
        if (amount == 0) revert NothingToWithdraw(account);
        credit[account] = 0;
        emit CreditWithdrawn(account, amount);
        (bool paid, ) = account.call{value: amount}("");
        if (!paid) revert PaymentFailed(account, amount);
    }

    function _requireBond(uint256 expected) internal view {
        if (msg.value != expected) revert WrongBond(msg.value, expected);
    }

    function _credit(address account, uint256 amount) internal {
        if (amount == 0) return;
        credit[account] += amount;
        emit Credited(account, amount);
    }

    /// The zero address's credit can only be burned.
    function _burn(uint256 amount) internal {
        _credit(address(0), amount);
    }

    /// A lost bond goes to who won it, less what is burned.
    function _award(address winner, uint256 bond) internal {
        uint256 burned = (bond * RollupArguments.burnedShare()) / BASIS_POINTS;
        _burn(burned);
        _credit(winner, bond - burned);
    }
}
