// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "./CloneArguments.sol";
import {ISource} from "./sources/ISource.sol";

/// @notice What an inbox is made of, fixed for ever.
struct InboxParameters {
    address sequencer;
    address bridge;
    ISource messageSource;
    uint64 forceInclusionAfter;
    uint64 batchBudget;
    uint64 messageBudget;
    ISource[] sources;
}

/// @notice An inbox's parameters as the arguments of its clone, a word each.
library InboxArguments {
    uint256 private constant FIRST_SOURCE = 7;

    function encode(InboxParameters memory given) internal pure returns (bytes memory) {
        bytes memory fixedPart = abi.encode(
            given.sequencer,
            given.bridge,
            given.messageSource,
            given.forceInclusionAfter,
            given.batchBudget,
            given.messageBudget,
            given.sources.length
        );
        return abi.encodePacked(fixedPart, given.sources);
    }

    function sequencer() internal view returns (address) {
        return CloneArguments.account(0);
    }

    function bridge() internal view returns (address) {
        return CloneArguments.account(1);
    }

    function messageSource() internal view returns (ISource) {
        return ISource(CloneArguments.account(2));
    }

    function forceInclusionAfter() internal view returns (uint64) {
        return uint64(CloneArguments.word(3));
    }

    function batchBudget() internal view returns (uint64) {
        return uint64(CloneArguments.word(4));
    }

    function messageBudget() internal view returns (uint64) {
        return uint64(CloneArguments.word(5));
    }

    function sourceCount() internal view returns (uint256) {
        return CloneArguments.word(FIRST_SOURCE - 1);
    }

    function source(uint256 index) internal view returns (ISource) {
        return ISource(CloneArguments.account(FIRST_SOURCE + index));
    }
}
