// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Certificate, ICommittee} from "../committee/ICommittee.sol";
import {Seats} from "../committee/Seats.sol";
import {batchStatement} from "../committee/Statements.sol";
import {IInbox} from "../IInbox.sol";
import {ISource} from "./ISource.sol";
import {WordTree} from "./WordTree.sol";

/// @notice Batches that a committee keeps: what is posted is the root of a batch's word tree and a certificate that enough members have
/// its bytes and hand them out for long enough. Chains with the same committee, quorum and retention may share one.
contract CommitteeSource is ISource {
    ICommittee public immutable COMMITTEE;
    /// @notice How many signatures a batch needs: of `N` members with at least `h` honest ones, `N - h + 1`.
    uint256 public immutable QUORUM;
    /// @notice How long a batch must be kept from when it is posted, in seconds: until no dispute can need it any more.
    uint256 public immutable RETENTION;

    error ExpiresTooEarly(uint256 expiry, uint256 earliest);
    error QuorumOutOfRange(uint256 given, uint256 members);
    error QuorumMissed(uint256 signatures, uint256 quorum);

    constructor(ICommittee committee, uint256 quorum, uint256 retention) {
        uint256 size = committee.parameters().size;
        if (quorum == 0 || quorum > size) revert QuorumOutOfRange(quorum, size);
        (COMMITTEE, QUORUM, RETENTION) = (committee, quorum, retention);
    }

    /// @inheritdoc ISource
    /// @param data `abi.encode(bytes32 root, uint64 length, uint64 expiry, Certificate)`, signed for the calling inbox by the current epoch's
    /// committee.
    function commit(bytes calldata data) external view returns (bytes32 commitment, uint64 length) {
        uint64 expiry;
        Certificate memory certificate;
        (commitment, length, expiry, certificate) = abi.decode(data, (bytes32, uint64, uint64, Certificate));
        if (expiry < block.timestamp + RETENTION) revert ExpiresTooEarly(expiry, block.timestamp + RETENTION);
        uint256 signers = COMMITTEE.check(
            COMMITTEE.currentEpoch(),
            batchStatement(IInbox(msg.sender), commitment, length, expiry),
            certificate
        );
        uint256 signatures = Seats.bitCount(signers);
        if (signatures < QUORUM) revert QuorumMissed(signatures, QUORUM);
    }

    /// @inheritdoc ISource
    function word(
        bytes32 commitment,
        uint64 length,
        uint256 index,
        bytes calldata proof
    ) external pure returns (bytes32) {
        return WordTree.word(commitment, length, index, proof);
    }
}
