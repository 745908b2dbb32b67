// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMessenger} from "../IMessenger.sol";

/// @notice Takes messages from a chain and remembers who sent them there; does what it is told to while it takes them. For tests.
contract MessageTarget {
    IMessenger public immutable MESSENGER;

    bool public refuses;
    /// What it calls the messenger with while it takes a message.
    bytes public again;
    bytes public answer;
    address[] private _senders;
    uint256[] private _values;

    error NotMessenger(address caller);
    error Refused(uint256 value);

    constructor(IMessenger messenger) {
        MESSENGER = messenger;
    }

    function take(uint256 value) external returns (uint256) {
        if (msg.sender != address(MESSENGER)) revert NotMessenger(msg.sender);
        if (refuses) revert Refused(value);
        // solhint-disable-next-line avoid-low-level-calls
        if (again.length != 0) (, answer) = address(MESSENGER).call(again);
        _senders.push(MESSENGER.sender());
        _values.push(value);
        return value + 1;
    }

    function refuse(bool refuses_) external {
        refuses = refuses_;
    }

    function setAgain(bytes calldata again_) external {
        again = again_;
    }

    function taken() external view returns (address[] memory senders, uint256[] memory values) {
        return (_senders, _values);
    }
}
