// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId} from "./Identifiers.sol";
import {MachineState} from "./machines/MachineState.sol";

/// @notice Knows links of the chain of inputs that changed nothing (`MachineState.rejections`). The chain is walked backwards from a
/// confirmed state in pieces of any length, so that no flood of rejected inputs hides one.
interface IRejections {
    event Vouched(bytes32 indexed rejections);

    /// @notice `earlier` and the inputs after it lead to `computed`, which is not what was confirmed or vouched for.
    error WrongRejections(bytes32 computed);

    /// @notice Remembers a link of a confirmed state's chain. Anyone may call.
    /// @param earlier The link.
    /// @param later The hashes of the inputs that changed nothing after it, in their order, up to the state's own link.
    function vouch(
        AssertionId assertion,
        MachineState calldata state,
        bytes32 earlier,
        bytes32[] calldata later
    ) external;

    /// @notice As `vouch`, with inputs up to a link that is vouched for.
    function vouchEarlier(bytes32 earlier, bytes32[] calldata later) external;

    /// @notice Whether a link is known to be of a confirmed state's chain.
    function isVouchedFor(bytes32 rejections) external view returns (bool);
}
