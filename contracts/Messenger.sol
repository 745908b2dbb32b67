// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {AssertionId} from "./Identifiers.sol";
import {IMessenger, OutgoingMessage} from "./IMessenger.sol";
import {OutputKind} from "./IOutputs.sol";
import {IRollup} from "./IRollup.sol";
import {MachineState} from "./machines/MachineState.sol";
import {Outputs} from "./Outputs.sol";

/// @notice Calls contracts in the name of a chain's users, see `IMessenger`.
contract Messenger is IMessenger, Outputs, Initializable, ReentrancyGuardTransient {
    using BitMaps for BitMaps.BitMap;

    /// @inheritdoc IMessenger
    IRollup public rollup;
    BitMaps.BitMap private _executed;
    address private transient _sender;
    bool private transient _executing;

    constructor() {
        _disableInitializers();
    }

    /// @notice Called once by the factory, in the transaction that makes the chain.
    function initialize(IRollup rollup_) external initializer {
        rollup = rollup_;
    }

    /// @inheritdoc IMessenger
    function execute(
        AssertionId assertion,
        MachineState calldata state,
        OutgoingMessage calldata message,
        bytes32[] calldata proof
    ) external nonReentrant returns (bytes memory result) {
        _requireConfirmed(rollup, assertion, state.hash());
        _requireLeaf(state.outputRoot, message.index, _leaf(message), proof);
        if (_executed.get(message.index)) revert AlreadyExecuted(message.index);
        if (message.target.code.length == 0) revert NoContract(message.target);
        _executed.set(message.index);
        (_sender, _executing) = (message.sender, true);
        bool done;
        // solhint-disable-next-line avoid-low-level-calls
        (done, result) = message.target.call(message.data);
        (_sender, _executing) = (address(0), false);
        if (!done) revert CallFailed(message.index, result);
        emit MessageExecuted(message.index, message.sender, message.target, result);
    }

    /// @inheritdoc IMessenger
    function isExecuted(uint256 index) external view returns (bool) {
        return _executed.get(index);
    }

    /// @inheritdoc IMessenger
    function sender() external view returns (address) {
        if (!_executing) revert NoSender();
        return _sender;
    }

    function _leaf(OutgoingMessage calldata message) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(OutputKind.Message, message.index, message.sender, message.target, keccak256(message.data))
            );
    }
}
