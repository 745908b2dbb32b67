// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IBridge, Withdrawal} from "./IBridge.sol";
import {AssertionId} from "./Identifiers.sol";
import {IInbox} from "./IInbox.sol";
import {Assertion, AssertionStatus, IRollup} from "./IRollup.sol";
import {MachineState, StateHash} from "./machines/MachineState.sol";

/// @notice Holds the chain's ether, see `IBridge`.
contract Bridge is IBridge, Initializable, ReentrancyGuard {
    using BitMaps for BitMaps.BitMap;

    uint256 private constant DEPTH = 32;

    /// @inheritdoc IBridge
    IInbox public inbox;
    /// @inheritdoc IBridge
    IRollup public rollup;
    BitMaps.BitMap private _withdrawn;

    constructor() {
        _disableInitializers();
    }

    /// @notice Called once by the factory, in the transaction that makes the chain.
    function initialize(IInbox inbox_, IRollup rollup_) external initializer {
        inbox = inbox_;
        rollup = rollup_;
    }

    /// @inheritdoc IBridge
    function deposit(address recipient) external payable returns (uint256 message) {
        if (msg.value == 0) revert NothingDeposited();
        message = inbox.sendDeposit(msg.sender, abi.encode(recipient, msg.value, block.chainid, this));
        emit Deposited(message, msg.sender, recipient, msg.value);
    }

    /// @inheritdoc IBridge
    function withdraw(
        AssertionId assertion,
        MachineState calldata state,
        Withdrawal calldata withdrawal,
        bytes32[] calldata proof
    ) external nonReentrant {
        _requireConfirmed(assertion, state.hash());
        _requireLeaf(state.outputRoot, withdrawal, proof);
        if (_withdrawn.get(withdrawal.index)) revert AlreadyWithdrawn(withdrawal.index);
        _withdrawn.set(withdrawal.index);
        emit Withdrawn(withdrawal.index, withdrawal.recipient, withdrawal.amount);
        (bool paid, ) = withdrawal.recipient.call{value: withdrawal.amount}("");
        if (!paid) revert WithdrawalFailed(withdrawal.recipient, withdrawal.amount);
    }

    /// @inheritdoc IBridge
    function isWithdrawn(uint256 index) external view returns (bool) {
        return _withdrawn.get(index);
    }

    function _requireConfirmed(AssertionId id, StateHash given) private view {
        Assertion memory assertion = rollup.assertion(id);
        if (assertion.status != AssertionStatus.Confirmed) revert AssertionNotConfirmed(id);
        if (assertion.stateHash != given) revert WrongOutputState(given, assertion.stateHash);
    }

    function _requireLeaf(bytes32 root, Withdrawal calldata withdrawal, bytes32[] calldata proof) private pure {
        if (withdrawal.index >> DEPTH != 0) revert WithdrawalIndexTooLarge(withdrawal.index);
        if (proof.length != DEPTH) revert WrongProofLength(proof.length, DEPTH);
        bytes32 node = keccak256(abi.encode(withdrawal));
        for (uint256 height = 0; height < DEPTH; ++height) {
            node =
                (withdrawal.index >> height) & 1 == 0
                    ? Hashes.efficientKeccak256(node, proof[height])
                    : Hashes.efficientKeccak256(proof[height], node);
        }
        if (node != root) revert WrongWithdrawalProof(node, root);
    }
}
