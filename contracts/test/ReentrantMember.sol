// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ITransferHook} from "./HostileToken.sol";

/// @notice Does whatever it is told, and again whenever it is paid or its tokens are taken. For tests.
contract ReentrantMember is ITransferHook {
    struct Call {
        address target;
        bytes data;
    }

    Call[] private _again;
    bool[] private _done;

    receive() external payable {
        _runAgain();
    }

    function setAgain(Call[] calldata calls) external {
        delete _again;
        delete _done;
        for (uint256 i = 0; i < calls.length; ++i) _again.push(calls[i]);
    }

    function run(address target, uint256 value, bytes calldata data) external payable {
        (bool success, bytes memory reason) = target.call{value: value}(data);
        if (success) return;
        // Reverts as the call did.
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    function approve(IERC20 token, address spender) external {
        token.approve(spender, type(uint256).max);
    }

    /// @inheritdoc ITransferHook
    function inTransfer() external {
        _runAgain();
    }

    /// @notice Which of its calls inside another went through.
    function done() external view returns (bool[] memory) {
        return _done;
    }

    function _runAgain() private {
        Call[] memory calls = _again;
        delete _again;
        for (uint256 i = 0; i < calls.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, ) = calls[i].target.call(calls[i].data);
            _done.push(success);
        }
    }
}
