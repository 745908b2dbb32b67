// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Makes other contracts' calls, so that what is said inside them is in no transaction's calldata at the top; and refuses ether
/// while it is told to.
contract Wrapper {
    bool public refuses;

    error Refused(uint256 amount);

    receive() external payable {
        if (refuses) revert Refused(msg.value);
    }

    function refuse(bool refuses_) external {
        refuses = refuses_;
    }

    /// @notice Calls `target` with the value sent and hands on what it says, be it an error.
    function forward(address target, bytes calldata data) external payable returns (bytes memory result) {
        bool done;
        (done, result) = target.call{value: msg.value}(data);
        if (done) return result;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }
}
