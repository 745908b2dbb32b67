// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AssertionId, ClaimId, Position} from "../Identifiers.sol";
import {MachineState, StateHash} from "../machines/MachineState.sol";

/// @notice A history against somebody's word. What the claim says is all here and is resupplied by whoever speaks of it; its id is
/// the hash of its ABI encoding.
struct Claim {
    /// The assertion in whose dispute the claim is.
    AssertionId assertion;
    /// Whose word it is against: the assertion's id at level 1, a claim's id below.
    bytes32 opponent;
    /// 1 against the assertion, one more than the opponent's below.
    uint8 level;
    /// "We agree on your state at `index`, and the one at `index + 1` is wrong"; 0 at level 1.
    uint64 index;
    /// Of this history's index 0. The state at its index `i` is at `position + i * 2^(A + B - level * width)`.
    Position position;
    /// The state at index 0: the opponent's at `index`, the parent's at level 1.
    StateHash start;
    /// Commits to the states at indices 1 to `2^width`.
    bytes32 history;
}

enum ClaimStatus {
    None,
    /// Undecided.
    Open,
    /// Decided: nothing that was said against it stood.
    Standing,
    /// Decided: a claim against it stands. Its bond is not paid yet, since a better one is still pending.
    Countered,
    /// As `Countered`, and its bond is paid.
    Settled,
    /// Decided: a step on chain showed it wrong; its bond is paid.
    Refuted,
    /// Undecided when its assertion was confirmed or rejected; its bond went home.
    Reclaimed
}

/// @notice What is stored of a claim, one slot.
struct ClaimRecord {
    address author;
    /// In seconds.
    uint32 createdAt;
    /// What the side that may answer this claim had used of its bank on this branch, in seconds, at most the bank.
    uint24 spent;
    /// How many claims against it are undecided.
    uint32 pending;
    ClaimStatus status;
}

/// @notice The disputes of a rollup: under each assertion a tree of claims, whose bonds the rollup holds.
/// @dev A claim is open to answers at `t < deadlineOf(claim)` and decided from then on, as soon as all claims against it are decided.
/// A claim that holds only true states cannot be countered by anyone while its party answers in time. All payments are credits, which
/// `withdrawCredit` pays out; what is burned stays in the contract for ever.
interface IClaimTree {
    /// @param data The history as it was given to `IHistory.commit`.
    event ClaimMade(ClaimId indexed id, AssertionId indexed assertion, address indexed author, Claim claim, bytes data);
    event ClaimStands(ClaimId indexed id);
    /// @param by The standing claim that countered it, which need not be the one that wins its bond.
    event ClaimCountered(ClaimId indexed id, ClaimId by);
    /// @param index The step from `index` to `index + 1` is wrong.
    event ClaimRefuted(ClaimId indexed id, uint64 index, address prover);
    event ClaimReclaimed(ClaimId indexed id);
    /// @notice `amount` wei of bonds now belong to `account`.
    event Credited(address indexed account, uint256 amount);
    /// @notice `amount` wei of bonds now belong to nobody.
    event Burned(uint256 amount);
    event CreditWithdrawn(address indexed account, uint256 amount);

    error WrongBond(uint256 given, uint256 expected);
    error UnknownClaim(ClaimId id);
    error DuplicateClaim(ClaimId id);
    /// @notice The claim is decided already.
    error ClaimDecided(ClaimId id, ClaimStatus status);
    /// @notice The clock of what is answered has run out.
    error TooLate(uint256 deadline);
    /// @notice The claim may still be answered.
    error TooEarly(uint256 deadline);
    /// @notice Claims against the claim are undecided.
    error AnswersPending(ClaimId id, uint256 pending);
    /// @notice The assertion's dispute takes no new claims against the assertion, or is over.
    error DisputeClosed(AssertionId assertion);
    /// @notice The dispute is not over, so that bonds cannot go home.
    error DisputeOpen(AssertionId assertion);
    /// @notice The history ends in the state that it is against.
    error NoDisagreement(StateHash state);
    error IndexOutOfRange(uint256 index, uint256 length);
    /// @notice Claims at the last level are proved wrong by a step, not by a claim.
    error LastLevel(uint256 level);
    error NotLastLevel(uint256 level, uint256 lastLevel);
    /// @notice The state given is not the one that the claim names.
    error WrongState(StateHash given, StateHash expected);
    /// @notice The machine says the same as the claim.
    error StepAgrees(StateHash state);
    /// @notice In a branch each claim must be the one that the claim before it is against.
    error NotOpponent(ClaimId given, bytes32 expected);
    /// @notice The branch ends before the claim that `claim` is against.
    error OpponentMissing(ClaimId claim);
    error NothingToWithdraw(address account);
    error PaymentFailed(address account, uint256 amount);

    /// @notice Claims against an assertion: level 1, a history of all its work from its parent's state on. Payable with exactly
    /// `claimBond(1)`, while the longest window of the rule lasts. Anyone may call.
    /// @param data The history, as `IHistory.commit` takes it.
    function claimAgainstAssertion(AssertionId assertion, bytes calldata data) external payable returns (ClaimId id);

    /// @notice Claims against a claim: agrees with its state at `index` and not with the next one. Payable with exactly
    /// `claimBond(opponent.level + 1)`, before the opponent's deadline. Anyone may call.
    /// @param first The opponent's state at `index`; `opponent.start` if `index` is 0.
    /// @param second The opponent's state at `index + 1`.
    /// @param opening Opens both, as `IHistory.open` takes it.
    /// @param data The history, as `IHistory.commit` takes it; it must end in another state than `second`.
    function claimAgainstClaim(
        Claim calldata opponent,
        uint64 index,
        StateHash first,
        StateHash second,
        bytes calldata opening,
        bytes calldata data
    ) external payable returns (ClaimId id);

    /// @notice Refutes a claim of the last level by executing one step: from its state at `index` the machine does not come to its
    /// state at `index + 1`. Before the claim's deadline. Anyone may call; the bond goes to the author of what the claim was against, and
    /// a share of it to the caller.
    /// @param second The claim's state at `index + 1`.
    /// @param state The machine at `index`, whose hash is the claim's state there.
    /// @param witness What `IMachine.step` takes.
    function prove(
        Claim calldata claim,
        uint64 index,
        StateHash second,
        bytes calldata opening,
        MachineState calldata state,
        bytes calldata witness
    ) external;

    /// @notice Decides claims whose time is up. `branch[0]` must be decidable and stands; `branch[1]`, its opponent, is countered; then
    /// `branch[2]` is taken in the same way if it can be decided now, and so on upwards. A level-1 claim that stands rejects its
    /// assertion. Anyone may call.
    /// @param branch Each claim is the one that the claim before it is against. A claim that is to stand needs its opponent beside it unless
    /// that is the assertion.
    function resolve(Claim[] calldata branch) external;

    /// @notice Sends home the bonds of claims that were undecided when their assertion was confirmed, or rejected for its sibling's or
    /// its parent's sake. Anyone may call.
    function reclaim(Claim[] calldata claims) external;

    /// @notice Pays out what is credited to `account`. Anyone may call.
    function withdrawCredit(address account) external;

    /// @notice What is credited and not yet paid, in wei.
    function credit(address account) external view returns (uint256);

    /// @notice What is stored of a claim; all zero if there is none.
    function claimRecord(ClaimId id) external view returns (ClaimRecord memory);

    /// @notice Until when the claim may be answered, in seconds. Reverts if there is none.
    function deadlineOf(ClaimId id) external view returns (uint256);

    /// @notice How many levels a dispute has: `(A + B) / width`.
    function levels() external view returns (uint8);

    /// @notice The bond of a claim at `level`, from 1, in wei.
    function claimBond(uint8 level) external view returns (uint256);
}
