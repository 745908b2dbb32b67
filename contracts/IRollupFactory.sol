// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IHistory} from "./dispute/IHistory.sol";
import {IMachine} from "./machines/IMachine.sol";
import {MachineState} from "./machines/MachineState.sol";
import {IRule} from "./rules/IRule.sol";
import {ISource} from "./sources/ISource.sol";

/// @notice All choices of a chain. Times are in seconds, bonds in wei, shares in basis points.
struct ChainConfig {
    address sequencer;
    /// After this an L1 message may be appended by anyone.
    uint64 forceInclusionAfter;
    /// The source of L1 messages, whose `commit` takes the bytes themselves.
    ISource messageSource;
    /// What batches may use.
    ISource[] sources;
    /// Steps that a batch has, at most `2^stepBits - 1`.
    uint64 batchBudget;
    /// Steps that an L1 message has, at most `2^stepBits - 1`.
    uint64 messageBudget;
    IMachine machine;
    bytes32 program;
    /// The machine at its first wait.
    MachineState genesis;
    IRule rule;
    IHistory history;
    /// A: an assertion covers at most `2^A` inputs.
    uint8 inputBits;
    /// B: an input's window has `2^B` steps. `A + B` is at most 60.
    uint8 stepBits;
    /// At most `2^A`.
    uint64 maxInputs;
    /// Below `2^24`.
    uint32 bank;
    /// At most the bank.
    uint32 minResponse;
    uint256 assertionBond;
    /// One for each level, from 1.
    uint256[] claimBonds;
    uint16 burnedShare;
    uint16 proverShare;
}

/// @notice Makes chains: four clones that share their implementations with all other chains of the factory.
interface IRollupFactory {
    /// @notice Everything that is needed to find and to check a chain.
    event ChainCreated(
        address indexed rollup,
        address indexed inbox,
        address indexed bridge,
        address messenger,
        address creator,
        ChainConfig config
    );

    /// @notice A field of the configuration is below `minimum` or above `maximum`.
    error OutOfRange(string field, uint256 given, uint256 minimum, uint256 maximum);
    /// @notice There is no contract where one is needed.
    error NoContract(string field, address given);
    error ZeroSequencer();
    error NoSources();
    /// @notice The history's width must divide A and B.
    error NotMultipleOfWidth(string field, uint256 given, uint256 width);
    error WrongNumberOfBonds(uint256 given, uint256 levels);
    /// @notice Genesis must wait, with no input taken.
    error GenesisNotWaiting(bytes32 checkpoint, uint64 inputCount, uint64 deadline);
    /// @notice Genesis must have rejected nothing.
    error GenesisRejects(bytes32 rejections);
    /// @notice Windows must be ascending, unique, above 0 and at most four.
    error InvalidWindows(uint64[] windows);

    /// @notice Makes a chain. Anyone may call; the caller gets no power over it.
    function createChain(
        ChainConfig calldata config
    ) external returns (address rollup, address inbox, address bridge, address messenger);
}
