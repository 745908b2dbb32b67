// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StateHash} from "../machines/MachineState.sol";

/// @notice How the states between two positions are committed at once. A history has indices 0 to `2^width`: index 0 is the
/// opponent's opened state, which the claim holds; the elements are indices 1 to `2^width`.
interface IHistory {
    /// @notice The logarithm of the number of elements.
    function width() external pure returns (uint8);

    /// @notice Commits to the elements, which are in `data` or in what else the transaction carries: it is the one that makes the claim.
    /// @param start The state at index 0.
    /// @param data What the history needs, in its own format.
    /// @return commitment Under which states are opened.
    /// @return last The state at index `2^width`.
    function commit(StateHash start, bytes calldata data) external view returns (bytes32 commitment, StateHash last);

    /// @notice Reverts unless the states at `index` and `index + 1` are `first` and `second`; `first` is not looked at
    /// when `index` is 0, since index 0 is not an element.
    function open(
        bytes32 commitment,
        uint256 index,
        StateHash first,
        StateHash second,
        bytes calldata proof
    ) external view;
}
