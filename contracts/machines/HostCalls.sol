// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InputHeader} from "../Input.sol";
import {ISource} from "../sources/ISource.sol";
import {WordTree} from "../sources/WordTree.sol";
import {MerkleCursor} from "./MerkleCursor.sol";
import {Outcome} from "./Outcome.sol";
import {Preimage, PreimageStore} from "./PreimageStore.sol";
import {Witness} from "./Witness.sol";

/// @notice What a machine lends to a host call.
struct Host {
    Witness witness;
    MerkleCursor memory_;
    /// In bytes.
    uint256 memorySize;
    bytes32 inputHash;
    /// What the guest published last; a host call may change it.
    bytes32 outputRoot;
    PreimageStore preimages;
}

/// @notice The functions that every machine offers to its guests. Their arguments are 32-bit numbers and addresses in memory.
library HostCalls {
    uint256 private constant INPUT_WORD = 0;
    uint256 private constant PUBLISH = 1;
    uint256 private constant REJECT = 2;
    uint256 private constant PREIMAGE_WORD = 3;
    uint256 private constant LOG = 4;
    uint256 private constant KECCAK256 = 5;
    uint256 private constant ECRECOVER = 6;
    uint256 private constant SHA256 = 7;

    /// How many arguments each takes.
    bytes8 private constant ARITIES = hex"0201000302030203";
    uint256 private constant COUNT = 8;

    /// Words of an input before its bytes.
    uint256 private constant HEADER_WORDS = 8;
    /// Logarithms of the leaves of what is hashed, and of what `ecrecover` takes.
    uint256 private constant HASH_BLOCK = 3;
    uint256 private constant SIGNATURE_BLOCK = 2;

    error PrecompileFailed(uint256 precompile);

    function exists(uint256 id) internal pure returns (bool) {
        return id < COUNT;
    }

    /// @notice How many arguments host call `id`, which exists, takes.
    function arity(uint256 id) internal pure returns (uint256) {
        return uint8(ARITIES[id]);
    }

    /// @notice Executes host call `id`, which exists, with as many of the arguments as it takes.
    function execute(
        Host memory host,
        uint256 id,
        uint256 first,
        uint256 second,
        uint256 third
    ) internal view returns (Outcome) {
        if (id == INPUT_WORD) return _inputWord(host, first, second);
        if (id == PUBLISH) return _publish(host, first);
        if (id == REJECT) return Outcome.Restores;
        if (id == PREIMAGE_WORD) return _preimageWord(host, first, second, third);
        if (id == LOG) return Outcome.Continues;
        if (id == ECRECOVER) return _ecrecover(host, first, second);
        return _hash(host, id, first, second, third);
    }

    function _inputWord(Host memory host, uint256 index, uint256 destination) private view returns (Outcome) {
        if (!_isBlock(host, destination, 0)) return Outcome.Restores;
        Witness memory witness = host.witness;
        InputHeader memory header = witness.header(host.inputHash);
        bytes32 value;
        if (index < HEADER_WORDS) {
            value = _headerWord(header, index);
        } else if (index - HEADER_WORDS < _words(header.length)) {
            value = ISource(header.source).word(
                header.commitment,
                header.length,
                index - HEADER_WORDS,
                witness.proof()
            );
        }
        return _put(host, destination, value);
    }

    function _headerWord(InputHeader memory header, uint256 index) private pure returns (bytes32) {
        if (index == 0) return bytes32(uint256(header.kind));
        if (index == 1) return bytes32(uint256(uint160(header.sender)));
        if (index == 2) return bytes32(uint256(header.number));
        if (index == 3) return bytes32(uint256(header.timestamp));
        if (index == 4) return bytes32(uint256(header.blockNumber));
        return index == 5 ? bytes32(uint256(header.length)) : bytes32(0);
    }

    function _publish(Host memory host, uint256 pointer) private pure returns (Outcome) {
        if (!_isBlock(host, pointer, 0)) return Outcome.Restores;
        host.outputRoot = host.memory_.touch(host.witness, pointer >> 5);
        return Outcome.Continues;
    }

    function _preimageWord(
        Host memory host,
        uint256 hashPointer,
        uint256 index,
        uint256 destination
    ) private view returns (Outcome) {
        if (!_isBlock(host, hashPointer, 0) || !_isBlock(host, destination, 0)) return Outcome.Restores;
        Witness memory witness = host.witness;
        InputHeader memory header = witness.header(host.inputHash);
        Preimage memory preimage = host.preimages.preimage(host.memory_.touch(host.witness, hashPointer >> 5));
        if (preimage.blockNumber == 0 || preimage.blockNumber >= header.blockNumber) return Outcome.Restores;
        bytes32 value;
        if (index == 0) value = bytes32(uint256(preimage.size));
        else if (index <= _words(preimage.size)) {
            value = WordTree.word(preimage.root, preimage.size, index - 1, witness.proof());
        }
        return _put(host, destination, value);
    }

    function _hash(
        Host memory host,
        uint256 id,
        uint256 pointer,
        uint256 length,
        uint256 destination
    ) private view returns (Outcome) {
        uint256 size = 32 << HASH_BLOCK;
        uint256 start = pointer % size;
        if (start + length > size || !_isBlock(host, pointer - start, HASH_BLOCK) || !_isBlock(host, destination, 0)) {
            return Outcome.Restores;
        }
        bytes calldata data = host.memory_.subtree(host.witness, (pointer - start) >> 5, HASH_BLOCK)[
            start:start + length
        ];
        return _put(host, destination, id == KECCAK256 ? keccak256(data) : _precompile(2, data));
    }

    function _ecrecover(Host memory host, uint256 pointer, uint256 destination) private view returns (Outcome) {
        if (!_isBlock(host, pointer, SIGNATURE_BLOCK) || !_isBlock(host, destination, 0)) return Outcome.Restores;
        return
            _put(host, destination, _precompile(1, host.memory_.subtree(host.witness, pointer >> 5, SIGNATURE_BLOCK)));
    }

    /// The word that a precompile gives; zero if it gives nothing. Solidity's own `ecrecover` takes a byte for `v`, the precompile
    /// the whole word. A precompile fails only for want of gas, and that must not pass for a result.
    function _precompile(uint256 precompile, bytes calldata data) private view returns (bytes32 result) {
        bool done;
        assembly ("memory-safe") {
            let input := mload(0x40)
            calldatacopy(input, data.offset, data.length)
            mstore(0x00, 0)
            done := staticcall(gas(), precompile, input, data.length, 0x00, 0x20)
            result := mload(0x00)
        }
        if (!done) revert PrecompileFailed(precompile);
    }

    function _put(Host memory host, uint256 destination, bytes32 value) private pure returns (Outcome) {
        host.memory_.touch(host.witness, destination >> 5);
        host.memory_.write(value);
        return Outcome.Continues;
    }

    /// Is `pointer` the start of an aligned block of `2^height` leaves that is in memory as a whole?
    function _isBlock(Host memory host, uint256 pointer, uint256 height) private pure returns (bool) {
        uint256 size = 32 << height;
        return pointer % size == 0 && pointer + size <= host.memorySize;
    }

    function _words(uint256 length) private pure returns (uint256) {
        return (length + 31) >> 5;
    }
}
