// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MemberStatus} from "../../contracts/committee/ICommittee.sol";
import {CommitteeChecks} from "./CommitteeChecks.sol";
import {vm} from "./Vm.sol";

/// @notice Tries what the model says may be done or not, and remembers where the committee does otherwise.
abstract contract CommitteeAttempts is CommitteeChecks {
    /// What went otherwise than the model says; empty while nothing did.
    string public broken;
    /// How often each kind of move went through.
    mapping(string kind => uint256) public done;

    /// Those lose their stakes who are guilty and have one, if there is one at all.
    function _slash(
        string memory kind,
        uint256 epoch,
        uint256 guilty,
        uint256 reporter,
        bytes memory data
    ) internal returns (bool) {
        address[] memory seats = _committee.seated(epoch);
        uint256 losers = 0;
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            if ((guilty >> seat) & 1 == 1 && _hasStake(_numberOf(seats[seat]))) losers |= 1 << seat;
        }
        if (!_attempt(kind, losers != 0, _person(reporter), 0, data)) return false;
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            if ((losers >> seat) & 1 == 1) _status[_numberOf(seats[seat])] = MemberStatus.Slashed;
        }
        _struck[epoch] |= guilty;
        forfeited += _bits(losers);
        _credit[reporter % PEOPLE] += _bits(losers) * REWARD;
        _strikeSlashed(_currentEpoch());
        return true;
    }

    function _strikeSlashed(uint256 epoch) internal {
        address[] memory seats = _committee.seated(epoch);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            if (_status[_numberOf(seats[seat])] == MemberStatus.Slashed) _struck[epoch] |= 1 << seat;
        }
    }

    /// Somebody calls the committee; gives whether it went through and may.
    function _attempt(
        string memory kind,
        bool may,
        address who,
        uint256 value,
        bytes memory data
    ) internal returns (bool) {
        vm.deal(who, value);
        vm.prank(who);
        (bool passed, ) = address(_committee).call{value: value}(data);
        if (!passed) vm.deal(who, 0);
        return _judge(kind, may, passed);
    }

    function _judge(string memory kind, bool may, bool passed) internal returns (bool) {
        if (passed != may) broken = string.concat(kind, may ? " was refused" : " went through");
        if (passed) ++done[kind];
        return passed && may;
    }

    /// The caller was paid so much, and had nothing before.
    function _receive(uint256 who, uint256 amount) internal {
        if (_person(who).balance != amount) broken = "somebody was paid another amount";
        vm.deal(_person(who), 0);
        paidOut += amount;
    }

    function _pass(uint256 blocks, uint256 time) internal {
        vm.roll(vm.getBlockNumber() + blocks);
        vm.warp(vm.getBlockTimestamp() + time);
    }
}
