// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IClaimTree} from "./dispute/IClaimTree.sol";
import {IHistory} from "./dispute/IHistory.sol";
import {IInbox} from "./IInbox.sol";
import {AssertionId} from "./Identifiers.sol";
import {IMachine} from "./machines/IMachine.sol";
import {MachineState, StateHash} from "./machines/MachineState.sol";
import {IRule} from "./rules/IRule.sol";

enum AssertionStatus {
    None,
    Pending,
    Confirmed,
    /// A claim against it stands; claims against it may still be decided, and then its bond is paid.
    Countered,
    /// Rejected because its rival was confirmed or its parent rejected; its dispute is over.
    Rejected
}

/// @notice "After all inputs before `end`, the state is `stateHash`."
struct Assertion {
    AssertionId parent;
    StateHash stateHash;
    /// The first input that it covers: the parent's `end`.
    uint64 first;
    /// One past the last input that it covers: the parent's `next`.
    uint64 end;
    /// The `end` of its children, fixed when it was made.
    uint64 next;
    /// In seconds.
    uint32 createdAt;
    address author;
    AssertionStatus status;
}

/// @notice What a rollup is made of, fixed for ever.
struct RollupParameters {
    IInbox inbox;
    IMachine machine;
    IRule rule;
    IHistory history;
    /// The machine's program.
    bytes32 program;
    /// A: an assertion covers at most `2^A` inputs.
    uint8 inputBits;
    /// B: an input's window has `2^B` steps.
    uint8 stepBits;
    /// The logarithm of a history's length; divides A and B.
    uint8 width;
    /// How many inputs an assertion covers at most.
    uint64 maxInputs;
    /// The time that a side has for all its answers on a branch, in seconds.
    uint32 bank;
    /// The time that every answer has at least, in seconds.
    uint32 minResponse;
    /// In wei.
    uint256 assertionBond;
    /// What is burned of a lost bond, in basis points.
    uint16 burnedShare;
    /// What goes of a refuted claim's bond to whoever proved the step, in basis points.
    uint16 proverShare;
    /// The rule's windows, the shortest in the lowest 64 bits, zero past the last.
    uint256 windows;
}

/// @notice The tree of assertions about a chain's state, and the disputes about them.
/// @dev Assertions with the same parent cover the same inputs and differ in the state. At most one of them is ever confirmed.
interface IRollup is IClaimTree {
    /// @param attempt 0 unless the same state was asserted on the same parent before and rejected.
    event AssertionMade(
        AssertionId indexed id,
        AssertionId indexed parent,
        address indexed author,
        uint256 attempt,
        MachineState state,
        uint64 first,
        uint64 end,
        uint64 next
    );
    event AssertionConfirmed(AssertionId indexed id);
    /// @param status `Countered` or `Rejected`.
    event AssertionRejected(AssertionId indexed id, AssertionStatus status);

    error UnknownAssertion(AssertionId id);
    /// @notice The same assertion is pending or confirmed, or was made and rejected in that attempt.
    error DuplicateAssertion(AssertionId id);
    /// @notice Attempt `attempt` waits until the one before it is rejected.
    error EarlierAttemptLives(uint256 attempt);
    /// @notice The parent is rejected, or has a confirmed child already.
    error ParentClosed(AssertionId parent, AssertionStatus status);
    error InputsMissing(uint256 count, uint256 end);
    /// @notice The state must be a waiting machine's.
    error StateNotWaiting(bytes32 checkpoint, uint64 deadline);
    error WrongInputCount(uint256 given, uint256 expected);
    /// @notice The inbox's last covered input is another than the asserter saw.
    error UnexpectedInput(bytes32 given, bytes32 found);
    error NotPending(AssertionId id, AssertionStatus status);
    /// @notice Assertions are confirmed in order: the parent must be the latest confirmed one.
    error ParentNotLatest(AssertionId parent, AssertionId latest);
    /// @notice The rule does not say that the assertion is final.
    error NotFinal(AssertionId id);
    /// @notice A window's count of undecided claims against the assertion is full: there are more than a million.
    error TooManyClaims(AssertionId id);
    /// @notice Neither was a rival confirmed nor the parent rejected.
    error NotRejectable(AssertionId id);

    /// @notice Asserts the state after the parent's next inputs. Payable with exactly the assertion bond. Anyone may call. The
    /// parent may be unconfirmed; all inputs up to its `next` must be in the inbox.
    /// @param attempt 0 at first; one more than the last rejected attempt to assert the same state on the same parent anew.
    /// @param state Must wait, with `inputCount` equal to the parent's `next`.
    /// @param lastInput The hash of the last input that it covers, so that it is never included after a reorganization of L1 that
    /// changed what it speaks of.
    function assertState(
        AssertionId parent,
        uint256 attempt,
        MachineState calldata state,
        bytes32 lastInput
    ) external payable returns (AssertionId id);

    /// @notice Confirms a pending child of the latest confirmed assertion that the rule calls final; its bond goes home. Anyone may call.
    function confirm(AssertionId id) external;

    /// @notice Marks a pending assertion rejected whose rival was confirmed or whose parent is rejected, and burns its bond. Needed
    /// only for bonds and views: nothing can be confirmed on such an assertion. Anyone may call.
    function reject(AssertionId id) external;

    /// @notice What is stored of an assertion; all zero if there is none.
    function assertion(AssertionId id) external view returns (Assertion memory);

    function latestConfirmed() external view returns (AssertionId);

    /// @notice Has `window` seconds passed since the assertion was made, and is no claim that was made against it within them pending,
    /// and does none stand?
    function isUnchallenged(AssertionId id, uint64 window) external view returns (bool);

    /// @notice How many claims against the assertion are undecided.
    function pendingClaims(AssertionId id) external view returns (uint256);

    function parameters() external view returns (RollupParameters memory);
}

/// @notice The id of the assertion of `stateHash` on `parent`, for the `attempt`-th time.
function assertionId(AssertionId parent, StateHash stateHash, uint256 attempt) pure returns (AssertionId) {
    return AssertionId.wrap(keccak256(abi.encode(parent, stateHash, attempt)));
}
