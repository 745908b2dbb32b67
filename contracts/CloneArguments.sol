// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Reads the immutable arguments of the clone that is executing, which lie behind its code. One word costs a hundred gas
/// where storage would cost two thousand.
library CloneArguments {
    /// The length of a clone's code in front of its arguments.
    uint256 internal constant OFFSET = 0x2d;

    /// @notice The word at `index`; zero past the end.
    function word(uint256 index) internal view returns (uint256 value) {
        // Solidity reads another contract's code only as a whole, into new memory; this takes one word through scratch space.
        assembly ("memory-safe") {
            extcodecopy(address(), 0, add(OFFSET, shl(5, index)), 0x20)
            value := mload(0)
        }
    }
}
