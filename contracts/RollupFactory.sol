// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {Bridge} from "./Bridge.sol";
import {ChainChecks} from "./ChainChecks.sol";
import {IInbox} from "./IInbox.sol";
import {InboxArguments, InboxParameters} from "./InboxArguments.sol";
import {IRollup, RollupParameters} from "./IRollup.sol";
import {ChainConfig, IRollupFactory} from "./IRollupFactory.sol";
import {Messenger} from "./Messenger.sol";
import {Rollup} from "./Rollup.sol";
import {RollupArguments} from "./RollupArguments.sol";

/// @notice Makes chains, see `IRollupFactory`.
contract RollupFactory is IRollupFactory {
    /// @notice What the clones of every chain run.
    address public immutable INBOX;
    address public immutable ROLLUP;
    address public immutable BRIDGE;
    address public immutable MESSENGER;

    constructor(address inbox, address rollup, address bridge, address messenger) {
        if (inbox.code.length == 0) revert NoContract("inbox", inbox);
        if (rollup.code.length == 0) revert NoContract("rollup", rollup);
        if (bridge.code.length == 0) revert NoContract("bridge", bridge);
        if (messenger.code.length == 0) revert NoContract("messenger", messenger);
        (INBOX, ROLLUP, BRIDGE, MESSENGER) = (inbox, rollup, bridge, messenger);
    }

    /// @inheritdoc IRollupFactory
    function createChain(
        ChainConfig calldata config
    ) external returns (address rollup, address inbox, address bridge, address messenger) {
        if (address(config.history).code.length == 0) revert NoContract("history", address(config.history));
        uint8 width = config.history.width();
        ChainChecks.requireRollup(config, width);
        ChainChecks.requireInbox(config);
        (bridge, messenger) = (Clones.clone(BRIDGE), Clones.clone(MESSENGER));
        inbox = _cloneInbox(config, bridge);
        rollup = _cloneRollup(config, IInbox(inbox), width);
        Bridge(bridge).initialize(IInbox(inbox), IRollup(rollup));
        Messenger(messenger).initialize(IRollup(rollup));
        Rollup(rollup).initialize(config.genesis);
        emit ChainCreated(rollup, inbox, bridge, messenger, msg.sender, config);
    }

    function _cloneInbox(ChainConfig calldata config, address bridge) private returns (address) {
        InboxParameters memory parameters = InboxParameters({
            sequencer: config.sequencer,
            bridge: bridge,
            messageSource: config.messageSource,
            forceInclusionAfter: config.forceInclusionAfter,
            batchBudget: config.batchBudget,
            messageBudget: config.messageBudget,
            sources: config.sources
        });
        return Clones.cloneWithImmutableArgs(INBOX, InboxArguments.encode(parameters));
    }

    function _cloneRollup(ChainConfig calldata config, IInbox inbox, uint8 width) private returns (address) {
        RollupParameters memory parameters = RollupParameters({
            inbox: inbox,
            machine: config.machine,
            rule: config.rule,
            history: config.history,
            program: config.program,
            inputBits: config.inputBits,
            stepBits: config.stepBits,
            width: width,
            maxInputs: config.maxInputs,
            bank: config.bank,
            minResponse: config.minResponse,
            assertionBond: config.assertionBond,
            burnedShare: config.burnedShare,
            proverShare: config.proverShare,
            windows: ChainChecks.packWindows(config.rule.windows())
        });
        return Clones.cloneWithImmutableArgs(ROLLUP, RollupArguments.encode(parameters, config.claimBonds));
    }
}
