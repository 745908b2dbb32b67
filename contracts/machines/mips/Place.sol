// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Where a core has what is no general register.
library Place {
    uint256 internal constant PC = 32;
    /// What runs behind `PC`: the delay slot of a branch has its target here.
    uint256 internal constant NEXT = 33;
    uint256 internal constant HIGH = 34;
    uint256 internal constant LOW = 35;
    /// The address that `ll` read last, plus 1; 0 if there is none.
    uint256 internal constant LINK = 36;
    /// The register of return addresses.
    uint256 internal constant RETURN = 31;
}
