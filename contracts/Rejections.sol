// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {AssertionId} from "./Identifiers.sol";
import {IRejections} from "./IRejections.sol";
import {IRollup} from "./IRollup.sol";
import {MachineState} from "./machines/MachineState.sol";
import {Outputs} from "./Outputs.sol";

/// @notice Knows which inputs changed nothing, see `IRejections`.
abstract contract Rejections is IRejections, Outputs {
    /// @inheritdoc IRejections
    mapping(bytes32 rejections => bool) public isVouchedFor;

    /// @inheritdoc IRejections
    function vouch(
        AssertionId assertion,
        MachineState calldata state,
        bytes32 earlier,
        bytes32[] calldata later
    ) external {
        _requireConfirmed(_rollup(), assertion, state.hash());
        bytes32 computed = _follow(earlier, later);
        if (computed != state.rejections) revert WrongRejections(computed);
        _vouch(earlier);
    }

    /// @inheritdoc IRejections
    function vouchEarlier(bytes32 earlier, bytes32[] calldata later) external {
        bytes32 computed = _follow(earlier, later);
        if (!isVouchedFor[computed]) revert WrongRejections(computed);
        _vouch(earlier);
    }

    /// The rollup whose states count.
    function _rollup() internal view virtual returns (IRollup);

    /// Reverts unless the input changed nothing in a confirmed state, next after those of the link `earlier`.
    function _requireRejected(bytes32 inputHash, bytes32 earlier) internal view {
        bytes32 computed = Hashes.efficientKeccak256(earlier, inputHash);
        if (!isVouchedFor[computed]) revert WrongRejections(computed);
    }

    function _vouch(bytes32 rejections) private {
        isVouchedFor[rejections] = true;
        emit Vouched(rejections);
    }

    function _follow(bytes32 earlier, bytes32[] calldata later) private pure returns (bytes32 link) {
        link = earlier;
        for (uint256 i = 0; i < later.length; ++i) link = Hashes.efficientKeccak256(link, later[i]);
    }
}
