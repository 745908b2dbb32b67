// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IBridge} from "../../contracts/IBridge.sol";
import {BridgeHandler} from "./BridgeHandler.sol";

/// @notice What the runner is told to call.
struct FuzzInterface {
    address addr;
    string[] artifacts;
}

/// @notice What holds of a bridge whatever its users, its guest and its tokens do.
/// hardhat-config: default.invariant.runs = 40
/// hardhat-config: default.invariant.depth = 60
contract BridgeTest {
    uint256 private constant TOKENS = 3;
    /// Of the handler's tokens the one whose balances change by themselves.
    uint256 private constant ODD = 1;

    BridgeHandler private _handler;
    IBridge private _bridge;

    function setUp() external {
        _handler = new BridgeHandler();
        _bridge = IBridge(_handler.bridgeAddress());
    }

    /// Names the handler's artifact, which the runner does not find by its code, since that holds immutables.
    function targetInterfaces() external view returns (FuzzInterface[] memory targets) {
        targets = new FuzzInterface[](1);
        targets[0] = FuzzInterface(address(_handler), new string[](1));
        targets[0].artifacts[0] = "BridgeHandler";
    }

    function invariant_nobodyIsPaidWhatIsNotTheirs() external view {
        require(!_handler.paidWrongly(), "somebody was paid twice, or for nothing");
        require(!_handler.refusedWrongly(), "ether that was there and somebody's was not paid");
        for (uint256 i = 0; i < TOKENS; ++i) {
            address token = _handler.token(i);
            uint256 held = _bridge.held(token);
            require(
                _handler.deposited(token) == _handler.paid(token) + held,
                "deposits are not what was paid and is held"
            );
            if (i != ODD) require(_balance(token) >= held, "less is there than is held");
        }
        require(address(_bridge).balance == _bridge.held(address(0)), "ether is there that nobody deposited");
    }

    /// A long walk pays and pays back, so that the invariants are not about nothing.
    function test_walksPayAndPayBack() external {
        (uint256 payments, uint256 reclaims) = (0, 0);
        for (uint256 walk = 0; walk < 3; ++walk) {
            _handler = new BridgeHandler();
            _bridge = IBridge(_handler.bridgeAddress());
            for (uint256 i = 0; i < 120; ++i) _move(uint256(keccak256(abi.encode(walk, i))));
            this.invariant_nobodyIsPaidWhatIsNotTheirs();
            payments += _handler.payments();
            reclaims += _handler.reclaims();
        }
        require(payments > 5, "too few withdrawals were paid");
        require(reclaims > 5, "too few deposits were paid back");
    }

    function _move(uint256 seed) private {
        uint256 kind = seed % 8;
        seed >>= 8;
        uint96 amount = uint96(seed >> 64);
        if (kind < 2) _handler.deposit(seed, amount, seed & 0x1000000 == 0);
        else if (kind == 2) _handler.owe(seed, amount >> 2);
        else if (kind == 3) _handler.settle();
        else if (kind < 6) _handler.pay(seed);
        else if (kind == 6) _handler.reclaim(seed);
        else _handler.misbehave(seed, uint16(seed >> 32));
    }

    function _balance(address token) private view returns (uint256) {
        return token == address(0) ? address(_bridge).balance : IERC20(token).balanceOf(address(_bridge));
    }
}
