// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IClaimTree} from "./dispute/IClaimTree.sol";
import {RollupArguments} from "./RollupArguments.sol";

/// @notice What a call pays, collected so that an account that is paid many times is written once.
struct Ledger {
    address account;
    uint256 amount;
    uint256 burned;
}

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

    /// A whole bond, or a part of one, belongs to `account`.
    function _pay(Ledger memory ledger, address account, uint256 amount) internal {
        if (account != ledger.account) {
            _credit(ledger);
            (ledger.account, ledger.amount) = (account, 0);
        }
        ledger.amount += amount;
    }

    /// A lost bond belongs to `winner`, less what is burned.
    function _award(Ledger memory ledger, address winner, uint256 bond) internal {
        uint256 burned = (bond * RollupArguments.burnedShare()) / BASIS_POINTS;
        ledger.burned += burned;
        _pay(ledger, winner, bond - burned);
    }

    /// Writes down what was collected; to be called once, when nothing more is to be paid.
    function _close(Ledger memory ledger) internal {
        _credit(ledger);
        if (ledger.burned != 0) emit Burned(ledger.burned);
    }

    function _credit(Ledger memory ledger) private {
        if (ledger.amount == 0) return;
        credit[ledger.account] += ledger.amount;
        emit Credited(ledger.account, ledger.amount);
    }
}
