// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Bytes that never change, kept as the code of a contract: a tenth of what storage costs to write, and far less to read.
library DataContract {
    /// @notice The most bytes that one can hold (EIP-170, less the byte that keeps it from being called).
    uint256 internal constant MAX_LENGTH = 24_575;

    error DataTooLong(uint256 length, uint256 maximum);
    error DataNotWritten();

    /// @notice Keeps `data`.
    function write(bytes memory data) internal returns (address pointer) {
        if (data.length > MAX_LENGTH) revert DataTooLong(data.length, MAX_LENGTH);
        // PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN, and then the code: STOP and the data.
        bytes memory creation = abi.encodePacked(hex"61", uint16(data.length + 1), hex"80600a5f395ff3", hex"00", data);
        // Solidity creates no contract from bytes.
        assembly ("memory-safe") {
            pointer := create(0, add(creation, 32), mload(creation))
        }
        if (pointer == address(0)) revert DataNotWritten();
    }

    /// @notice `length` bytes from `offset` on; zero past the end.
    function read(address pointer, uint256 offset, uint256 length) internal view returns (bytes memory data) {
        data = new bytes(length);
        // Solidity reads another contract's code only as a whole.
        assembly ("memory-safe") {
            extcodecopy(pointer, add(data, 32), add(offset, 1), length)
        }
    }
}
