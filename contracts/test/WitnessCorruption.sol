// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine, StepContext} from "../machines/IMachine.sol";
import {MachineState} from "../machines/MachineState.sol";

/// @notice Gives a machine corrupted copies of a witness, many in one call. For tests.
contract WitnessCorruption {
    /// `Panic(uint256)`: what the compiler's own checks revert with.
    bytes4 private constant PANIC = 0x4e487b71;

    /// @param flips What each byte of the witness is xored with, in a copy of which all others are as given.
    /// @param first The first byte that is corrupted; `last` is one past the last.
    /// @return accepted The bytes whose corrupted witness the machine takes.
    /// @return untyped Those at which it reverts with no error of its own.
    function corrupt(
        IMachine machine,
        StepContext calldata context,
        MachineState calldata state,
        bytes calldata witness,
        bytes calldata flips,
        uint256 first,
        uint256 last
    ) external view returns (uint256[] memory accepted, uint256[] memory untyped) {
        bytes memory corrupted = witness;
        (uint256 acceptedCount, uint256 untypedCount) = (0, 0);
        accepted = new uint256[](last - first);
        untyped = new uint256[](last - first);
        for (uint256 place = first; place < last; ++place) {
            corrupted[place] ^= flips[place];
            try machine.step(context, state, corrupted) {
                accepted[acceptedCount++] = place;
            } catch (bytes memory reason) {
                if (reason.length < 4 || bytes4(reason) == PANIC) untyped[untypedCount++] = place;
            }
            corrupted[place] ^= flips[place];
        }
        assembly ("memory-safe") {
            // Cut the arrays to what they hold: Solidity cannot.
            mstore(accepted, acceptedCount)
            mstore(untyped, untypedCount)
        }
    }
}
