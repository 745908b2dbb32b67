// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {ICommittee} from "../committee/ICommittee.sol";
import {AllOf} from "./AllOf.sol";
import {AnyOf} from "./AnyOf.sol";
import {AtLeast} from "./AtLeast.sol";
import {Attested} from "./Attested.sol";
import {IRule} from "./IRule.sol";
import {Unchallenged} from "./Unchallenged.sol";

enum RuleKind {
    Unchallenged,
    AnyOf,
    AllOf,
    AtLeast,
    /// A rule that exists already.
    Deployed,
    Attested
}

/// @notice A rule in a list that describes a tree of them.
struct RuleNode {
    RuleKind kind;
    /// The window in seconds for `Unchallenged`, how many parts are needed for `AtLeast`, how many signatures for `Attested`, else 0.
    uint64 parameter;
    /// The rule for `Deployed`, the committee for `Attested`, else 0.
    address deployed;
    /// Places in the list, each before this one's own; only for combinations.
    uint256[] parts;
}

/// @notice Makes rules, as clones at addresses that follow from what they say: a rule is deployed once for all chains.
contract RuleFactory {
    uint256 public constant MAX_PARTS = 16;

    address private immutable UNCHALLENGED = address(new Unchallenged());
    address private immutable ANY_OF = address(new AnyOf());
    address private immutable ALL_OF = address(new AllOf());
    address private immutable AT_LEAST = address(new AtLeast());
    address private immutable ATTESTED = address(new Attested());

    /// @notice `rule` says what `nodes` say. Emitted also when it had existed before.
    event RuleCreated(address indexed rule, RuleNode[] nodes);

    error EmptyRule();
    error WindowOutOfRange(uint256 window, uint256 maximum);
    error WrongNumberOfParts(uint256 given, uint256 maximum);
    /// @notice A part must stand before what it is part of.
    error PartNotBefore(uint256 part, uint256 node);
    error RequiredOutOfRange(uint256 given, uint256 parts);
    error NotARule(address given);
    error NotACommittee(address given);
    error QuorumOutOfRange(uint256 given, uint256 members);

    /// @notice Makes the rule that the last of `nodes` describes, and those that it consists of, where they do not exist.
    function create(RuleNode[] calldata nodes) external returns (IRule rule) {
        if (nodes.length == 0) revert EmptyRule();
        address[] memory made = new address[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) made[i] = _make(nodes[i], made, i);
        rule = IRule(made[nodes.length - 1]);
        // Refuses a tree of too many windows here, where the author sees it.
        rule.windows();
        emit RuleCreated(address(rule), nodes);
    }

    function _make(RuleNode calldata node, address[] memory made, uint256 place) private returns (address) {
        if (node.kind == RuleKind.Deployed) {
            if (node.deployed.code.length == 0) revert NotARule(node.deployed);
            return node.deployed;
        }
        if (node.kind == RuleKind.Attested) return _makeAttested(node);
        if (node.kind == RuleKind.Unchallenged) {
            if (node.parameter == 0 || node.parameter > type(uint32).max) {
                revert WindowOutOfRange(node.parameter, type(uint32).max);
            }
            return _clone(UNCHALLENGED, abi.encode(node.parameter));
        }
        uint256 count = node.parts.length;
        if (count == 0 || count > MAX_PARTS) revert WrongNumberOfParts(count, MAX_PARTS);
        address[] memory parts = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            if (node.parts[i] >= place) revert PartNotBefore(node.parts[i], place);
            parts[i] = made[node.parts[i]];
        }
        return _clone(_implementation(node, count), abi.encodePacked(abi.encode(node.parameter, count), parts));
    }

    function _makeAttested(RuleNode calldata node) private returns (address) {
        if (node.deployed.code.length == 0) revert NotACommittee(node.deployed);
        uint256 size = ICommittee(node.deployed).parameters().size;
        if (node.parameter == 0 || node.parameter > size) revert QuorumOutOfRange(node.parameter, size);
        return _clone(ATTESTED, abi.encode(node.parameter, node.deployed));
    }

    function _implementation(RuleNode calldata node, uint256 count) private view returns (address) {
        if (node.kind == RuleKind.AnyOf) return ANY_OF;
        if (node.kind == RuleKind.AllOf) return ALL_OF;
        if (node.parameter == 0 || node.parameter > count) revert RequiredOutOfRange(node.parameter, count);
        return AT_LEAST;
    }

    function _clone(address implementation, bytes memory arguments) private returns (address rule) {
        rule = Clones.predictDeterministicAddressWithImmutableArgs(implementation, arguments, 0);
        if (rule.code.length == 0) Clones.cloneDeterministicWithImmutableArgs(implementation, arguments, 0);
    }
}
