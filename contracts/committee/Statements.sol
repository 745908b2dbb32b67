// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "../Identifiers.sol";
import {IInbox} from "../IInbox.sol";
import {Assertion, IRollup} from "../IRollup.sol";
import {StateHash} from "../machines/MachineState.sol";
import {Purpose, Statement} from "./ICommittee.sol";

/// @notice What a committee says of an assertion.
function assertionStatement(IRollup rollup, Assertion memory assertion) view returns (Statement memory) {
    IInbox inbox = rollup.parameters().inbox;
    return
        Statement({
            purpose: Purpose.Assertion,
            subject: address(rollup),
            parent: AssertionId.unwrap(assertion.parent),
            accumulator: inbox.inputHash(assertion.end - 1),
            value: StateHash.unwrap(assertion.stateHash),
            expiry: 0
        });
}

/// @notice What a committee says of a batch that is about to be appended to `inbox`.
function batchStatement(IInbox inbox, bytes32 root, uint64 length, uint64 expiry) view returns (Statement memory) {
    uint256 count = inbox.count();
    return
        Statement({
            purpose: Purpose.Batch,
            subject: address(inbox),
            parent: 0,
            accumulator: count == 0 ? bytes32(0) : inbox.inputHash(count - 1),
            value: keccak256(abi.encode(root, length)),
            expiry: expiry
        });
}
