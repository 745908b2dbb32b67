// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {CommitteeParameters, ICommittee} from "./ICommittee.sol";

/// @notice Takes stakes, pays them back or out, in ether or a token. What is burned stays in the contract for ever.
abstract contract Stakes is ICommittee, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant BASIS_POINTS = 10_000;
    uint256 private constant MAX_SIZE = 115;
    uint256 private constant MAX_EPOCH_BLOCKS = 8_000_000;

    IERC20 internal immutable TOKEN;
    uint256 internal immutable STAKE;
    uint16 internal immutable SIZE;
    uint32 internal immutable EPOCH_BLOCKS;
    uint32 internal immutable FREEZE_BLOCKS;
    uint32 internal immutable UNBONDING;
    uint16 internal immutable REPORTER_SHARE;

    /// @inheritdoc ICommittee
    mapping(address account => uint256) public credit;

    constructor(CommitteeParameters memory given) {
        _requireRange("size", given.size, 1, MAX_SIZE);
        _requireRange("epochBlocks", given.epochBlocks, 2, MAX_EPOCH_BLOCKS);
        _requireRange("freezeBlocks", given.freezeBlocks, 1, given.epochBlocks - 1);
        _requireRange("reporterShare", given.reporterShare, 0, BASIS_POINTS);
        TOKEN = given.token;
        STAKE = given.stake;
        SIZE = given.size;
        EPOCH_BLOCKS = given.epochBlocks;
        FREEZE_BLOCKS = given.freezeBlocks;
        UNBONDING = given.unbonding;
        REPORTER_SHARE = given.reporterShare;
    }

    /// @inheritdoc ICommittee
    function withdrawCredit(address account) external nonReentrant {
        uint256 amount = credit[account];
        if (amount == 0) revert NothingToWithdraw(account);
        credit[account] = 0;
        emit CreditWithdrawn(account, amount);
        _payOut(account, amount);
    }

    /// @inheritdoc ICommittee
    function parameters() external view returns (CommitteeParameters memory) {
        return CommitteeParameters(TOKEN, STAKE, SIZE, EPOCH_BLOCKS, FREEZE_BLOCKS, UNBONDING, REPORTER_SHARE);
    }

    /// Takes the caller's stake. A token that takes a fee of it is refused, which can be told because nothing else is paid in between:
    /// whoever moves stakes is not reentrant.
    function _takeStake() internal {
        if (address(TOKEN) == address(0)) {
            if (msg.value != STAKE) revert WrongStake(msg.value, STAKE);
            return;
        }
        if (msg.value != 0) revert WrongStake(msg.value, 0);
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), STAKE);
        uint256 taken = TOKEN.balanceOf(address(this)) - before;
        if (taken != STAKE) revert WrongStake(taken, STAKE);
    }

    function _payOut(address account, uint256 amount) internal {
        if (address(TOKEN) != address(0)) return TOKEN.safeTransfer(account, amount);
        (bool paid, ) = account.call{value: amount}("");
        if (!paid) revert PaymentFailed(account, amount);
    }

    /// Divides `count` forfeited stakes between the caller and nobody.
    /// @return reward The caller's part of each.
    function _forfeit(uint256 count) internal returns (uint256 reward) {
        reward = (STAKE * REPORTER_SHARE) / BASIS_POINTS;
        credit[msg.sender] += reward * count;
    }

    function _requireRange(string memory name, uint256 given, uint256 minimum, uint256 maximum) private pure {
        if (given < minimum || given > maximum) revert ParameterOutOfRange(name, given, minimum, maximum);
    }
}
