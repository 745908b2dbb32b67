// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bls} from "./Bls.sol";
import {DataContract} from "./DataContract.sol";
import {Epoch, ICommittee, Member, MemberStatus} from "./ICommittee.sol";
import {Stakes} from "./Stakes.sol";

/// @notice Who may be drawn: members join with a key and a stake, and leave.
abstract contract Pool is Stakes {
    /// @notice The domain separation tag of proofs of possession, RFC 9380.
    bytes public constant POSSESSION_DOMAIN = "HARDHAT-ROLLUP-POP-V1_BLS12381G1_XMD:SHA-256_SSWU_RO_";

    /// @inheritdoc ICommittee
    uint256 public currentEpoch;
    /// @inheritdoc ICommittee
    uint256 public drawBlock;
    /// @inheritdoc ICommittee
    mapping(uint256 epoch => Epoch) public epochs;
    /// @inheritdoc ICommittee
    mapping(address member => Member) public members;
    address[] internal _pool;

    /// @inheritdoc ICommittee
    function register(bytes calldata key, bytes calldata proof) external payable nonReentrant {
        _requireThawed();
        Member storage member = members[msg.sender];
        if (member.status != MemberStatus.None) revert WrongStatus(msg.sender, member.status);
        bytes memory packed = Bls.pack(key);
        if (Bls.isZero(key)) revert Bls.PointAtInfinity();
        if (!Bls.verify(key, possessionDigest(msg.sender, key), POSSESSION_DOMAIN, proof)) {
            revert WrongProofOfPossession(msg.sender);
        }
        _pool.push(msg.sender);
        members[msg.sender] = Member(DataContract.write(packed), uint32(_pool.length), 0, MemberStatus.Bonded);
        emit MemberRegistered(msg.sender, key);
        _takeStake();
    }

    /// @inheritdoc ICommittee
    function resign() external {
        _requireThawed();
        Member storage member = members[msg.sender];
        if (member.status != MemberStatus.Bonded) revert WrongStatus(msg.sender, member.status);
        _takeOut(member);
        member.status = MemberStatus.Leaving;
        member.leftIn = uint48(currentEpoch);
        emit MemberLeft(msg.sender, currentEpoch);
    }

    /// @inheritdoc ICommittee
    function withdraw() external nonReentrant {
        Member storage member = members[msg.sender];
        if (member.status != MemberStatus.Leaving) revert WrongStatus(msg.sender, member.status);
        uint256 over = epochs[member.leftIn + 1].startedAt;
        if (over == 0) revert EpochNotOver(member.leftIn);
        if (block.timestamp < over + UNBONDING) revert StillBonded(over + UNBONDING);
        delete members[msg.sender];
        emit StakeWithdrawn(msg.sender);
        _payOut(msg.sender, STAKE);
    }

    /// @inheritdoc ICommittee
    function remove(address account) external {
        _requireThawed();
        Member storage member = members[account];
        if (member.status != MemberStatus.Slashed || member.place == 0) revert WrongStatus(account, member.status);
        _takeOut(member);
    }

    /// @inheritdoc ICommittee
    function poolSize() external view returns (uint256) {
        return _pool.length;
    }

    /// @inheritdoc ICommittee
    function poolAt(uint256 place) external view returns (address) {
        return _pool[place];
    }

    /// @inheritdoc ICommittee
    function keyOf(address member) external view returns (bytes memory) {
        if (members[member].status == MemberStatus.None) revert WrongStatus(member, MemberStatus.None);
        return Bls.unpack(DataContract.read(members[member].key, 0, Bls.PACKED_KEY_LENGTH), 0);
    }

    /// @inheritdoc ICommittee
    function frozen() public view returns (bool) {
        return block.number + FREEZE_BLOCKS >= drawBlock;
    }

    /// @inheritdoc ICommittee
    function possessionDigest(address member, bytes calldata key) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), member, key));
    }

    function _requireThawed() internal view {
        if (frozen()) revert PoolFrozen(drawBlock);
    }

    /// Takes a member out of the pool; the last one takes its place.
    function _takeOut(Member storage member) internal {
        uint32 place = member.place;
        address last = _pool[_pool.length - 1];
        _pool[place - 1] = last;
        members[last].place = place;
        _pool.pop();
        member.place = 0;
    }
}
