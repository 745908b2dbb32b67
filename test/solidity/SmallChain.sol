// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bridge} from "../../contracts/Bridge.sol";
import {CalldataHistory} from "../../contracts/dispute/CalldataHistory.sol";
import {Inbox} from "../../contracts/Inbox.sol";
import {ChainConfig} from "../../contracts/IRollupFactory.sol";
import {MachineState} from "../../contracts/machines/MachineState.sol";
import {Messenger} from "../../contracts/Messenger.sol";
import {Rollup} from "../../contracts/Rollup.sol";
import {RollupFactory} from "../../contracts/RollupFactory.sol";
import {IRule} from "../../contracts/rules/IRule.sol";
import {RuleFactory, RuleKind, RuleNode} from "../../contracts/rules/RuleFactory.sol";
import {CalldataSource} from "../../contracts/sources/CalldataSource.sol";
import {ISource} from "../../contracts/sources/ISource.sol";
import {TallyMachine} from "../../contracts/test/TallyMachine.sol";

/// @notice A chain of three levels, on which every assertion covers one input.
abstract contract SmallChain {
    uint64 internal constant WINDOW = 3 days;
    uint64 internal constant BANK = 1 days;
    uint64 internal constant MIN_RESPONSE = 1 hours;
    uint8 internal constant LEVELS = 3;
    uint256 internal constant ASSERTION_BOND = 1 ether;
    uint64 internal constant BUDGET = 100;
    uint256 internal constant BURNED = 1000;

    CalldataSource internal immutable SOURCE = new CalldataSource();
    TallyMachine internal immutable MACHINE = new TallyMachine();
    Rollup internal immutable ROLLUP;
    Inbox internal immutable INBOX;
    Bridge internal immutable BRIDGE;

    constructor() {
        RollupFactory factory = new RollupFactory(
            address(new Inbox()),
            address(new Rollup()),
            address(new Bridge()),
            address(new Messenger())
        );
        (address rollup, address inbox, address bridge, ) = factory.createChain(_config());
        (ROLLUP, INBOX, BRIDGE) = (Rollup(rollup), Inbox(inbox), Bridge(bridge));
    }

    function _genesis() internal pure returns (MachineState memory genesis) {
        genesis.core = keccak256(abi.encode(0, 0));
    }

    function _claimBond(uint8 level) internal pure returns (uint256) {
        return 0.1 ether * uint256(level);
    }

    function _config() private returns (ChainConfig memory config) {
        config.sequencer = address(this);
        config.forceInclusionAfter = 1 days;
        config.messageSource = SOURCE;
        config.sources = new ISource[](1);
        config.sources[0] = SOURCE;
        config.batchBudget = BUDGET;
        config.messageBudget = BUDGET;
        config.machine = MACHINE;
        config.program = keccak256("tally");
        config.genesis = _genesis();
        config.rule = _rule();
        config.history = new CalldataHistory();
        config.inputBits = 6;
        config.stepBits = 12;
        config.maxInputs = 1;
        config.bank = uint32(BANK);
        config.minResponse = uint32(MIN_RESPONSE);
        config.assertionBond = ASSERTION_BOND;
        config.claimBonds = new uint256[](LEVELS);
        for (uint8 level = 1; level <= LEVELS; ++level) config.claimBonds[level - 1] = _claimBond(level);
        config.burnedShare = uint16(BURNED);
        config.proverShare = 500;
    }

    /// Called while the chain is made: what it needs must not have an initial value.
    function _rule() internal virtual returns (IRule) {
        RuleNode[] memory nodes = new RuleNode[](1);
        nodes[0] = RuleNode(RuleKind.Unchallenged, WINDOW, address(0), new uint256[](0));
        return new RuleFactory().create(nodes);
    }
}
