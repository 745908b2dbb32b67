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
    /// @notice The address that is the word at `index`; zero past the end.
    function account(uint256 index) internal view returns (address) {
        return address(uint160(word(index)));
    }

    /// @notice The first `count` words, as `abi.encode` put them there.
    function first(uint256 count) internal view returns (bytes memory words) {
        words = new bytes(32 * count);
        // As in `word`, for a part that is wanted as a whole.
        assembly ("memory-safe") {
            extcodecopy(address(), add(words, 0x20), OFFSET, mload(words))
        }
    }
}
