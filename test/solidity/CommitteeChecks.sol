// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MemberStatus} from "../../contracts/committee/ICommittee.sol";
import {AssertionStatus} from "../../contracts/IRollup.sol";
import {IRule} from "../../contracts/rules/IRule.sol";
import {CommitteeChoices} from "./CommitteeChoices.sol";

/// @notice What must hold after every move. Reverts say what does not.
abstract contract CommitteeChecks is CommitteeChoices {
    /// Stakes paid in and back, rewards paid out, and how many were forfeited.
    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public forfeited;

    /// What came in is what went out, what members have at stake, what is credited and what is burned.
    function requireStakesConserved() external view {
        uint256 owed = 0;
        for (uint256 who = 0; who < PEOPLE; ++who) {
            if (_hasStake(who)) owed += STAKE;
            uint256 credited = _committee.credit(_person(who));
            require(credited == _credit[who], "another credit");
            owed += credited;
        }
        uint256 burned = forfeited * (STAKE - REWARD);
        require(address(_committee).balance == owed + burned, "stakes are lost or made");
        require(paidIn == paidOut + owed + burned, "more came in or went out");
    }

    /// Everybody is what the model says, those in the pool and no others have a place there, and nobody honest was slashed.
    function requirePeopleRight() external view {
        uint256 places = 0;
        for (uint256 who = 0; who < PEOPLE; ++who) {
            (, uint32 place, , MemberStatus status) = _committee.members(_person(who));
            require(status == _status[who], "another status");
            require(who >= HONEST || status != MemberStatus.Slashed, "somebody honest was slashed");
            if (place != 0) {
                ++places;
                require(_committee.poolAt(place - 1) == _person(who), "another place");
            }
            if (status == MemberStatus.Bonded) require(place != 0, "a bonded member is not in the pool");
            else if (status != MemberStatus.Slashed) require(place == 0, "somebody without a claim is in the pool");
        }
        require(places == _committee.poolSize(), "the pool has places of nobody");
        require(_committee.frozen() == _isFrozen(), "the pool is frozen at another time");
    }

    /// Nobody has an active seat, not struck, without a stake; everywhere those seats are struck that are to be.
    function requireSeatsStaked() external view {
        uint256 current = _currentEpoch();
        require(_committee.currentEpoch() == current, "another epoch");
        for (uint256 epoch = 0; epoch <= current; ++epoch) {
            require(_committee.struck(epoch) == _struck[epoch], "other seats are struck");
        }
        address[] memory seats = _committee.seated(current);
        uint256 struck = _committee.struck(current);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            (, , , MemberStatus status) = _committee.members(seats[seat]);
            bool staked = status == MemberStatus.Bonded || status == MemberStatus.Leaving;
            require(staked || (struck >> seat) & 1 == 1, "an active member has no stake");
            for (uint256 other = 0; other < seat; ++other) require(seats[other] != seats[seat], "two seats of one");
        }
    }

    /// An assertion is final once enough have signed it of the epoch in which it was made, and never later than by its window.
    function requireFinalityRight() external view {
        IRule rule = ROLLUP.parameters().rule;
        for (uint256 place = 0; place < _asserted.length; ++place) {
            Asserted memory made = _asserted[place];
            bool confirmed = ROLLUP.assertion(made.id).status == AssertionStatus.Confirmed;
            require(confirmed == made.confirmed, "another status of an assertion");
            require(confirmed || rule.isFinal(ROLLUP, made.id) == _isFinal(made), "final too early or too late");
        }
    }
}
