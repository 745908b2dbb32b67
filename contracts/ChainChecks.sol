// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ChainConfig, IRollupFactory} from "./IRollupFactory.sol";

/// @notice What a chain's configuration must satisfy, so that no chain is made whose disputes could not be finished.
library ChainChecks {
    uint256 private constant BASIS_POINTS = 10_000;
    uint256 private constant MAX_POSITION_BITS = 60;
    uint256 private constant MAX_TIME = type(uint24).max;
    uint256 private constant MAX_SOURCES = 16;
    uint256 private constant MAX_WINDOWS = 4;

    /// @notice Reverts unless the inbox of such a chain can order inputs.
    function requireInbox(ChainConfig calldata config) internal view {
        if (config.sequencer == address(0)) revert IRollupFactory.ZeroSequencer();
        if (config.sources.length == 0) revert IRollupFactory.NoSources();
        requireRange("sources", config.sources.length, 1, MAX_SOURCES);
        for (uint256 i = 0; i < config.sources.length; ++i) _requireCode("sources", address(config.sources[i]));
        _requireCode("messageSource", address(config.messageSource));
        requireRange("forceInclusionAfter", config.forceInclusionAfter, 0, type(uint32).max);
        uint256 most = (uint256(1) << config.stepBits) - 1;
        requireRange("batchBudget", config.batchBudget, 1, most);
        requireRange("messageBudget", config.messageBudget, 1, most);
    }

    /// @notice Reverts unless the rollup of such a chain can settle.
    /// @param width The history's.
    function requireRollup(ChainConfig calldata config, uint256 width) internal view {
        _requireCode("machine", address(config.machine));
        _requireCode("rule", address(config.rule));
        _requireBits(config, width);
        requireRange("maxInputs", config.maxInputs, 1, uint256(1) << config.inputBits);
        requireRange("bank", config.bank, 1, MAX_TIME);
        requireRange("minResponse", config.minResponse, 1, config.bank);
        requireRange("burnedShare", config.burnedShare, 0, BASIS_POINTS);
        requireRange("proverShare", config.proverShare, 0, BASIS_POINTS - config.burnedShare);
        uint256 levels = (uint256(config.inputBits) + config.stepBits) / width;
        if (config.claimBonds.length != levels) {
            revert IRollupFactory.WrongNumberOfBonds(config.claimBonds.length, levels);
        }
        if (config.genesis.deadline != 0 || config.genesis.checkpoint != 0 || config.genesis.inputCount != 0) {
            revert IRollupFactory.GenesisNotWaiting(
                config.genesis.checkpoint,
                config.genesis.inputCount,
                config.genesis.deadline
            );
        }
        if (config.genesis.rejections != 0) revert IRollupFactory.GenesisRejects(config.genesis.rejections);
    }

    /// @notice The rule's windows in one word, the shortest in the lowest 64 bits.
    function packWindows(uint64[] memory windows) internal pure returns (uint256 packed) {
        if (windows.length > MAX_WINDOWS) revert IRollupFactory.InvalidWindows(windows);
        uint64 before = 0;
        for (uint256 i = 0; i < windows.length; ++i) {
            if (windows[i] <= before || windows[i] > type(uint32).max) revert IRollupFactory.InvalidWindows(windows);
            before = windows[i];
            packed |= uint256(before) << (64 * i);
        }
    }

    function requireRange(string memory field, uint256 given, uint256 minimum, uint256 maximum) internal pure {
        if (given < minimum || given > maximum) revert IRollupFactory.OutOfRange(field, given, minimum, maximum);
    }

    function _requireBits(ChainConfig calldata config, uint256 width) private pure {
        requireRange("width", width, 1, MAX_POSITION_BITS);
        if (config.inputBits % width != 0) {
            revert IRollupFactory.NotMultipleOfWidth("inputBits", config.inputBits, width);
        }
        if (config.stepBits % width != 0) {
            revert IRollupFactory.NotMultipleOfWidth("stepBits", config.stepBits, width);
        }
        requireRange("inputBits", config.inputBits, 0, MAX_POSITION_BITS);
        requireRange("stepBits", config.stepBits, width, MAX_POSITION_BITS - config.inputBits);
    }

    function _requireCode(string memory field, address given) private view {
        if (given.code.length == 0) revert IRollupFactory.NoContract(field, given);
    }
}
