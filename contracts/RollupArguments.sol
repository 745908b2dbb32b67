// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {CloneArguments} from "./CloneArguments.sol";
import {IHistory} from "./dispute/IHistory.sol";
import {IInbox} from "./IInbox.sol";
import {IMachine} from "./machines/IMachine.sol";
import {RollupParameters} from "./IRollup.sol";
import {IRule} from "./rules/IRule.sol";

/// @notice A rollup's parameters as the arguments of its clone: those of `RollupParameters`, a word each, then the claims' bonds.
library RollupArguments {
    uint256 private constant FIRST_BOND = 15;
    uint256 private constant WINDOWS = 4;

    function encode(RollupParameters memory given, uint256[] memory claimBonds) internal pure returns (bytes memory) {
        return abi.encodePacked(abi.encode(given), claimBonds);
    }

    function all() internal view returns (RollupParameters memory) {
        return abi.decode(CloneArguments.first(FIRST_BOND), (RollupParameters));
    }

    function inbox() internal view returns (IInbox) {
        return IInbox(CloneArguments.account(0));
    }

    function machine() internal view returns (IMachine) {
        return IMachine(CloneArguments.account(1));
    }

    function rule() internal view returns (IRule) {
        return IRule(CloneArguments.account(2));
    }

    function history() internal view returns (IHistory) {
        return IHistory(CloneArguments.account(3));
    }

    function program() internal view returns (bytes32) {
        return bytes32(CloneArguments.word(4));
    }

    function inputBits() internal view returns (uint8) {
        return uint8(CloneArguments.word(5));
    }

    function stepBits() internal view returns (uint8) {
        return uint8(CloneArguments.word(6));
    }

    function width() internal view returns (uint8) {
        return uint8(CloneArguments.word(7));
    }

    function maxInputs() internal view returns (uint64) {
        return uint64(CloneArguments.word(8));
    }

    function bank() internal view returns (uint32) {
        return uint32(CloneArguments.word(9));
    }

    function minResponse() internal view returns (uint32) {
        return uint32(CloneArguments.word(10));
    }

    function assertionBond() internal view returns (uint256) {
        return CloneArguments.word(11);
    }

    function burnedShare() internal view returns (uint256) {
        return CloneArguments.word(12);
    }

    function proverShare() internal view returns (uint256) {
        return CloneArguments.word(13);
    }

    /// @notice The rule's windows, packed as in `RollupParameters`.
    function windows() internal view returns (uint256) {
        return CloneArguments.word(14);
    }

    /// @notice The bond of a claim at `level`, from 1; zero past the last level.
    function claimBond(uint256 level) internal view returns (uint256) {
        return CloneArguments.word(FIRST_BOND + level - 1);
    }

    /// @notice `(A + B) / width`.
    function levels() internal view returns (uint8) {
        return (inputBits() + stepBits()) / width();
    }

    /// @notice The window at `place` of the packed `windows`, in seconds; 0 past the last.
    function windowAt(uint256 packed, uint256 place) internal pure returns (uint64) {
        return uint64(packed >> (64 * place));
    }

    /// @notice The longest of the packed `windows`; 0 if there is none.
    function longestWindow(uint256 packed) internal pure returns (uint64 longest) {
        for (uint256 place = 0; place < WINDOWS; ++place) {
            uint64 window = windowAt(packed, place);
            if (window > longest) longest = window;
        }
    }

    /// @notice The place of the shortest window that is longer than `elapsed`, which is below the longest.
    function bucketOf(uint256 packed, uint256 elapsed) internal pure returns (uint256 place) {
        while (windowAt(packed, place) <= elapsed) ++place;
    }
}
