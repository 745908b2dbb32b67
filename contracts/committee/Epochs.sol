// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {Epoch, ICommittee, Member, MemberStatus} from "./ICommittee.sol";
import {Pool} from "./Pool.sol";
import {Seats} from "./Seats.sol";

/// @notice Who serves: each epoch's seats are drawn from the pool.
abstract contract Epochs is Pool {
    using Checkpoints for Checkpoints.Trace208;

    /// Keeps the hashes of the last 8191 blocks (EIP-2935).
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @inheritdoc ICommittee
    mapping(uint256 epoch => uint256) public struck;
    /// Epochs by the time at which they began.
    Checkpoints.Trace208 private _starts;

    constructor() {
        _schedule();
    }

    /// @inheritdoc ICommittee
    function turn(bytes calldata header) external {
        bytes32 randomness = _randomness(header);
        uint256 epoch = ++currentEpoch;
        address[] memory drawn = new address[](0);
        if (_pool.length >= SIZE) drawn = _draw(keccak256(abi.encode(randomness, epoch, address(this))));
        _begin(epoch, drawn);
        _schedule();
        emit EpochTurned(epoch, randomness, drawn, drawBlock);
    }

    /// @inheritdoc ICommittee
    function postpone() external {
        // The L1 knows the hashes of its last 8191 blocks by EIP-2935, of 256 without it.
        if (block.number <= drawBlock || _drawHash() != 0) revert DrawNotMissed(drawBlock);
        _schedule();
        emit DrawPostponed(drawBlock);
    }

    /// @inheritdoc ICommittee
    function epochAt(uint256 time) external view returns (uint256) {
        return _starts.upperLookupRecent(uint48(Math.min(time, type(uint48).max)));
    }

    /// @inheritdoc ICommittee
    function seated(uint256 epoch) public view returns (address[] memory) {
        return Seats.all(epochs[epoch].seats);
    }

    /// The hash of the block that draws; 0 if it is no longer known. Not by OpenZeppelin's `Blockhash`, which takes the reason of a call that
    /// reverts for a hash, as there is one on Hardhat's network.
    function _drawHash() private view returns (bytes32) {
        bytes32 recent = blockhash(drawBlock);
        if (recent != 0) return recent;
        (bool known, bytes memory hash) = HISTORY.staticcall(abi.encode(drawBlock));
        return known && hash.length == 32 ? bytes32(hash) : bytes32(0);
    }

    function _schedule() private {
        drawBlock = block.number + EPOCH_BLOCKS;
    }

    function _randomness(bytes calldata header) private view returns (bytes32) {
        if (block.number <= drawBlock) revert DrawNotReached(block.number, drawBlock);
        bytes32 hash = keccak256(header);
        if (hash != _drawHash()) revert WrongHeader(hash, drawBlock);
        return BlockHeader.getPrevRandao(header);
    }

    function _begin(uint256 epoch, address[] memory drawn) private {
        uint256 absent = 0;
        address[] memory keys = new address[](drawn.length);
        for (uint256 seat = 0; seat < drawn.length; ++seat) {
            Member storage member = members[drawn[seat]];
            keys[seat] = member.key;
            // It lost its stake when the pool was frozen already.
            if (member.status == MemberStatus.Slashed) absent |= 1 << seat;
        }
        epochs[epoch] = Epoch(drawn.length == 0 ? address(0) : Seats.write(drawn, keys), uint64(block.timestamp));
        if (absent != 0) struck[epoch] = absent;
        _starts.push(uint48(block.timestamp), uint208(epoch));
    }

    /// Draws `SIZE` different members, every set of them as likely as any other (Floyd's method): for each place from the last `SIZE` ones a
    /// random place up to it, or the place itself if that one is taken.
    function _draw(bytes32 seed) private view returns (address[] memory drawn) {
        uint256 count = SIZE;
        drawn = new address[](count);
        uint256[] memory places = new uint256[](count);
        uint256 first = _pool.length - count;
        for (uint256 i = 0; i < count; ++i) {
            uint256 place = uint256(keccak256(abi.encode(seed, i))) % (first + i + 1);
            if (_contains(places, i, place)) place = first + i;
            places[i] = place;
            drawn[i] = _pool[place];
        }
    }

    function _contains(uint256[] memory places, uint256 count, uint256 place) private pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) if (places[i] == place) return true;
        return false;
    }
}
