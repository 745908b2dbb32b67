// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "./Identifiers.sol";
import {IOutputs} from "./IOutputs.sol";
import {IRollup} from "./IRollup.sol";
import {MachineState} from "./machines/MachineState.sol";

/// @notice What somebody on the chain has called on L1. Its leaf in the tree whose root the guest publishes, at `index`, is
/// `keccak256(abi.encode(OutputKind.Message, index, sender, target, keccak256(data)))`.
struct OutgoingMessage {
    /// Below `2^32`; counted with all other outputs.
    uint256 index;
    /// Who sent it on the chain, as the guest says.
    address sender;
    /// The contract that is called.
    address target;
    /// What it is called with.
    bytes data;
}

/// @notice Calls contracts on L1 in the name of a chain's users.
/// @dev Whatever it is told to call it calls, so it holds nothing, owns nothing and is trusted with nothing: neither ether nor tokens should be
/// sent to it, or approved for it. A contract that takes messages checks that its caller is the messenger of the chain that it
/// means, and asks that for `sender()`.
interface IMessenger is IOutputs {
    event MessageExecuted(uint256 indexed index, address indexed sender, address indexed target, bytes result);

    error AlreadyExecuted(uint256 index);
    /// @notice The call has reverted with `reason`; it can be tried again.
    error CallFailed(uint256 index, bytes reason);
    /// @notice There is no contract at the target's address (yet).
    error NoContract(address target);
    /// @notice No message is being executed.
    error NoSender();

    /// @notice Executes a message that a confirmed state holds, with all gas that is left. Anyone may call; a message is executed once, and a
    /// call that reverts does not count. Who calls chooses the gas: a target that catches a lack of it counts as called.
    /// @param assertion A confirmed assertion.
    /// @param state The machine state that it asserts.
    /// @param proof The 32 siblings of the leaf, from below, in the tree under `state.outputRoot`.
    /// @return result What the target has returned.
    function execute(
        AssertionId assertion,
        MachineState calldata state,
        OutgoingMessage calldata message,
        bytes32[] calldata proof
    ) external returns (bytes memory result);

    function isExecuted(uint256 index) external view returns (bool);

    /// @notice Who sent the message that is being executed.
    function sender() external view returns (address);

    function rollup() external view returns (IRollup);
}
