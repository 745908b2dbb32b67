// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {AssertionId} from "../Identifiers.sol";
import {IRollup} from "../IRollup.sol";

/// What a committee signs about.
enum Purpose {
    /// "I have executed this, and it is so."
    Assertion,
    /// "I keep these bytes and hand them out until `expiry`."
    Batch
}

/// @notice What members sign. Two statements conflict if they differ in `value` and agree in all else but `expiry`.
struct Statement {
    Purpose purpose;
    /// The rollup of an assertion, the inbox of a batch.
    address subject;
    /// The assertion's parent; 0 for a batch.
    bytes32 parent;
    /// The hash of the last input that it speaks of: the last that an assertion covers, the last that was in the inbox before a batch (0 if
    /// there was none). So a reorganization of L1 that changes the inputs makes no honest member a liar.
    bytes32 accumulator;
    /// The state hash of an assertion; `keccak256(abi.encode(root, length))` of a batch.
    bytes32 value;
    /// Until when a batch is kept, in seconds; 0 for an assertion.
    uint64 expiry;
}

/// @notice A statement's signatures, added up.
struct Certificate {
    /// Bit `n` is set if the member of seat `n` has signed.
    uint256 signers;
    /// A point of G1 in the encoding of EIP-2537, 128 bytes.
    bytes signature;
}

/// @notice What a committee is made of, fixed for ever.
struct CommitteeParameters {
    /// The stake's token; zero for ether.
    IERC20 token;
    /// Of each member.
    uint256 stake;
    /// How many members an epoch has: 1 to 115.
    uint16 size;
    /// How many blocks lie between an epoch's begin and the block that draws the next one: 2 to 8,000,000.
    uint32 epochBlocks;
    /// For how many of them the pool is frozen: 1 to `epochBlocks - 1`, or nobody could ever join.
    uint32 freezeBlocks;
    /// How long a stake stays behind after its owner's last epoch, in seconds.
    uint32 unbonding;
    /// What of a forfeited stake goes to whoever showed the evidence, in basis points; the rest is burned. A liar may show it itself: what
    /// is burned is what it loses for sure.
    uint16 reporterShare;
}

enum MemberStatus {
    None,
    /// In the pool: may be drawn.
    Bonded,
    /// Has left; its stake may still be forfeited.
    Leaving,
    /// Its stake is forfeited.
    Slashed
}

struct Member {
    /// The contract that holds its key, packed.
    address key;
    /// Its place in the pool plus one; 0 if it is not in there.
    uint32 place;
    /// The epoch in which it left.
    uint48 leftIn;
    MemberStatus status;
}

struct Epoch {
    /// The contract that holds the seats; zero if there are none.
    address seats;
    /// In seconds.
    uint64 startedAt;
}

/// @notice A pool of bonded members, from which each epoch's committee is drawn, and what they have signed. Anyone may register, turn
/// the epoch, record certificates and show evidence; nobody owns it. Any number of chains may share one.
/// @dev An epoch's seats are drawn by the randomness of a block that is fixed one epoch ahead, from a pool that is frozen before that block.
/// Its proposer can only withhold the block, and then another's counts. While the pool is too small the next epoch has no seats,
/// and its certificates are good for nothing: chains then go on without a committee.
interface ICommittee {
    event MemberRegistered(address indexed member, bytes key);
    event MemberLeft(address indexed member, uint256 epoch);
    event StakeWithdrawn(address indexed member);
    /// @param members None if the pool was too small.
    event EpochTurned(uint256 indexed epoch, bytes32 randomness, address[] members, uint256 nextDrawBlock);
    event DrawPostponed(uint256 nextDrawBlock);
    /// @param signers All whose signatures were recorded by now.
    event Attested(uint256 indexed epoch, bytes32 indexed digest, Statement statement, uint256 signers);
    event MemberSlashed(address indexed member, address indexed reporter, uint256 reward, uint256 burned);
    event SeatStruck(uint256 indexed epoch, uint256 seat);
    event CreditWithdrawn(address indexed account, uint256 amount);

    error ParameterOutOfRange(string name, uint256 given, uint256 minimum, uint256 maximum);
    error WrongStake(uint256 given, uint256 expected);
    error WrongStatus(address member, MemberStatus status);
    /// @notice The proof of possession is no signature of the key's owner over the key.
    error WrongProofOfPossession(address member);
    /// @notice Nobody joins or leaves until the epoch is turned, which anyone may do from block `drawBlock + 1` on.
    error PoolFrozen(uint256 drawBlock);
    error StillBonded(uint256 until);
    /// @notice The epoch after the one in which the member left has not begun.
    error EpochNotOver(uint256 epoch);
    error DrawNotReached(uint256 block, uint256 drawBlock);
    /// @notice The header is not that of the block that draws.
    error WrongHeader(bytes32 hash, uint256 drawBlock);
    /// @notice The draw can still be proved.
    error DrawNotMissed(uint256 drawBlock);
    /// @notice The epoch has no seats.
    error NoSeats(uint256 epoch);
    error NoSuchSeat(uint256 signers, uint256 size);
    error NobodySigned();
    error WrongSignature(uint256 epoch, bytes32 digest);
    error WrongPurpose(Purpose given);
    /// @notice The epoch is over for so long that its members may have taken their stakes home: nothing is recorded for it any more.
    error SignersUnbonded(uint256 epoch, uint256 since);
    /// @notice The statements do not contradict each other.
    error NoConflict();
    /// @notice The evidence shows nobody who still has a stake.
    error NobodyToSlash();
    /// @notice No dispute has shown the assertion wrong.
    error NotCountered(AssertionId assertion);
    error SeatNotStrikable(uint256 epoch, uint256 seat);
    error NothingToWithdraw(address account);
    error PaymentFailed(address account, uint256 amount);

    /// @notice Joins the pool with the caller's stake: exactly `stake` wei, or as much of the token, which must be approved.
    /// @param key A point of G2 in the encoding of EIP-2537, 256 bytes.
    /// @param proof The signature of `possessionDigest(msg.sender, key)` under `POSSESSION_DOMAIN`.
    function register(bytes calldata key, bytes calldata proof) external payable;

    /// @notice Takes the caller out of the pool. If the caller has a seat, it keeps it until the epoch is over.
    function resign() external;

    /// @notice Pays the caller's stake back, `unbonding` seconds after the epoch in which it left.
    function withdraw() external;

    /// @notice Takes a slashed member out of the pool, where it was left because the pool was frozen.
    function remove(address member) external;

    /// @notice Begins the next epoch.
    /// @param header The RLP of the header of block `drawBlock`.
    function turn(bytes calldata header) external;

    /// @notice Fixes another block to draw, after nobody has turned the epoch for so long that the draw cannot be proved any more.
    function postpone() external;

    /// @notice Records who has signed that an assertion is right. May be called before, with or after the assertion, while the epoch's
    /// members are bonded: until `unbonding` seconds after the next one began.
    function attest(uint256 epoch, Statement calldata statement, Certificate calldata certificate) external;

    /// @notice All who have signed both statements forfeit their stakes.
    function slashConflict(
        uint256 epochA,
        Statement calldata a,
        Certificate calldata certificateA,
        uint256 epochB,
        Statement calldata b,
        Certificate calldata certificateB
    ) external;

    /// @notice All who are recorded to have signed an assertion that a dispute has shown wrong forfeit their stakes.
    function slashWrong(IRollup rollup, AssertionId assertion, uint256 epoch) external;

    /// @notice Strikes the seat that a slashed member has in another epoch than those in which its evidence struck it.
    function strike(uint256 epoch, uint256 seat) external;

    /// @notice Pays out what `account` has earned by showing evidence.
    function withdrawCredit(address account) external;

    /// @notice Who has signed `statement`, less the struck. Reverts unless the certificate is good.
    function check(
        uint256 epoch,
        Statement calldata statement,
        Certificate calldata certificate
    ) external view returns (uint256 signers);

    /// @notice Who is recorded to have signed, less the struck.
    function attesters(uint256 epoch, bytes32 digest) external view returns (uint256 signers);

    function digestOf(uint256 epoch, Statement calldata statement) external view returns (bytes32);

    function possessionDigest(address member, bytes calldata key) external view returns (bytes32);

    function currentEpoch() external view returns (uint256);

    /// @notice The epoch that was active at `time`, in seconds; of two that were the later one.
    function epochAt(uint256 time) external view returns (uint256);

    function epochs(uint256 epoch) external view returns (address seats, uint64 startedAt);

    /// @notice The members of an epoch's seats.
    function seated(uint256 epoch) external view returns (address[] memory);

    /// @notice Seats that do not count, as a bitmap.
    function struck(uint256 epoch) external view returns (uint256);

    function members(
        address member
    ) external view returns (address key, uint32 place, uint48 leftIn, MemberStatus status);

    /// @notice A member's key, 256 bytes.
    function keyOf(address member) external view returns (bytes memory);

    function poolSize() external view returns (uint256);

    function poolAt(uint256 place) external view returns (address);

    /// @notice The block whose randomness draws the next epoch.
    function drawBlock() external view returns (uint256);

    function frozen() external view returns (bool);

    function credit(address account) external view returns (uint256);

    function parameters() external view returns (CommitteeParameters memory);
}
