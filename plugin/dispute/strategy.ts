import type { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { AssertionNode } from "../node/assertions.js";
import type { Trace } from "../node/trace.js";
import { elementPositions, positionAt, type DisputeShape } from "./claim.js";
import { elementsOf, stateAt, type ClaimNode, type ClaimTree } from "./claimTree.js";
import type { History } from "./history.js";
import type { Fault, Missed, Move, NewHistory, Plan } from "./moves.js";

/** The dispute about one assertion, as one party sees it. */
export interface Dispute {
  readonly assertion: AssertionNode;
  readonly claims: ClaimTree;
  /** The states that the party holds true. */
  readonly trace: Trace;
  readonly shape: DisputeShape;
  readonly levels: number;
  readonly history: History;
  /** Until when the assertion may be claimed against, in seconds. */
  readonly claimableUntil: bigint;
  /** Of the settlement layer, in seconds. */
  readonly now: bigint;
}

/**
 * What a party answers: one claim against an assertion that it does not believe, whoever has asserted the truth beside it; and against
 * every claim that begins in a state it believes and goes wrong, one answer at the first index that does. That is all that is
 * needed: a claim against a true history begins in a true state and ends in a false one. Claims that begin in a state that
 * the party does not believe hurt only those who are on that side, and are left alone.
 */
export async function planAnswers(dispute: Dispute): Promise<Plan> {
  const moves: Move[] = [];
  const missed: Missed[] = [];
  const add = (answer: Move | Missed | undefined): void => {
    if (answer === undefined) return;
    if ("kind" in answer) moves.push(answer);
    else missed.push(answer);
  };
  add(await answerAssertion(dispute));
  for (const claim of claimsUnder(dispute.claims, dispute.assertion.id)) {
    if (claim.status === "open") add(await answerClaim(dispute, claim));
  }
  return { moves, missed };
}

/** Every claim in the dispute about an assertion, those that are answered before their answers. */
export function claimsUnder(claims: ClaimTree, assertion: Hex): ClaimNode[] {
  const found: ClaimNode[] = [...claims.against(assertion)];
  for (let at = 0; at < found.length; at++) found.push(...found[at].answers);
  return found;
}

/**
 * True if a party believes every state of a claim, so that it holds the claim's side. That can be said of claims, too, whose states are missing:
 * what they commit to is known.
 */
export async function believesClaim(dispute: Dispute, claim: ClaimNode): Promise<boolean> {
  return (await startsRight(dispute, claim)) && (await saysTheSame(dispute, claim, await ownElements(dispute, claim)));
}

/**
 * The claim against a claim at an index, whether it is wrong there or not; against the assertion if no claim is given.
 * The strategy chooses the index; adversaries in tests choose others.
 */
export async function answerAt(
  dispute: Dispute,
  opponent: ClaimNode | undefined,
  index: number,
): Promise<Exclude<Move, { kind: "prove" }>> {
  const { assertion, trace } = dispute;
  if (opponent === undefined) {
    const [start] = await trace.stateHashes([0n]);
    return { kind: "claimAgainstAssertion", assertion, history: await newHistory(dispute, 1, 0n, start) };
  }
  const fault = faultAt(dispute, opponent, index);
  const history = await newHistory(dispute, opponent.claim.level + 1, fault.position, fault.first);
  return { kind: "claimAgainstClaim", opponent, fault, history };
}

async function answerAssertion(dispute: Dispute): Promise<Move | Missed | undefined> {
  const { assertion, claims, trace, shape } = dispute;
  const [own] = await trace.stateHashes([1n << BigInt(shape.inputBits + shape.stepBits)]);
  if (assertion.status !== "pending" || own === assertion.stateHash) return undefined;
  const move = await answerAt(dispute, undefined, 0);
  if (await isMade(dispute, claims.against(assertion.id), 0, move.history)) return undefined;
  const late = dispute.now >= dispute.claimableUntil;
  return late ? tooLate(`the claim against assertion ${assertion.id}`, dispute.claimableUntil) : move;
}

async function answerClaim(dispute: Dispute, claim: ClaimNode): Promise<Move | Missed | undefined> {
  if (!(await startsRight(dispute, claim))) return undefined;
  if (claim.missing !== undefined) return answerUnseen(dispute, claim, claim.missing);
  const index = await faultyIndex(dispute, claim);
  if (index === undefined) return undefined;
  const late = dispute.now >= claim.deadline;
  if (claim.claim.level === dispute.levels) {
    if (late) return tooLate(`the proof against claim ${claim.id}`, claim.deadline);
    return { kind: "prove", claim, fault: faultAt(dispute, claim, index), assertion: dispute.assertion };
  }
  const move = await answerAt(dispute, claim, index);
  if (await isMade(dispute, claim.answers, index, move.history)) return undefined;
  return late ? tooLate(`the answer to claim ${claim.id}`, claim.deadline) : move;
}

/**
 * A false claim cannot be answered without its states; whether it is false is known, and so is whether somebody has answered it: what is said
 * against it and is true all through shows that it is false.
 */
async function answerUnseen(dispute: Dispute, claim: ClaimNode, error: RollupError): Promise<Missed | undefined> {
  if (await saysTheSame(dispute, claim, await ownElements(dispute, claim))) return undefined;
  for (const answer of claim.answers) if (await believesClaim(dispute, answer)) return undefined;
  const text = `the answer to claim ${claim.id}`;
  return dispute.now >= claim.deadline ? tooLate(text, claim.deadline) : { text, reason: error.message, error };
}

/** Whether one of these answers was given at this index with these states. */
async function isMade(
  dispute: Dispute,
  answers: readonly ClaimNode[],
  index: number,
  { elements }: NewHistory,
): Promise<boolean> {
  for (const answer of answers) {
    if (answer.claim.index === index && (await saysTheSame(dispute, answer, elements))) return true;
  }
  return false;
}

/** Whether a claim's states are these. Commitments are compared only where they must be: a blob's takes time. */
async function saysTheSame(dispute: Dispute, node: ClaimNode, elements: readonly Hex[]): Promise<boolean> {
  if (node.elements === undefined) return node.claim.history === (await dispute.history.commit(elements));
  return node.elements.every((element, at) => element === elements[at]);
}

/** Whether a party believes the state that a claim begins in. */
export async function startsRight(dispute: Dispute, { claim }: ClaimNode): Promise<boolean> {
  const [own] = await dispute.trace.stateHashes([claim.position]);
  return own === claim.start;
}

/** The first index whose next state is wrong, undefined if none is; the claim must start right. */
async function faultyIndex(dispute: Dispute, claim: ClaimNode): Promise<number | undefined> {
  const own = await ownElements(dispute, claim);
  const index = elementsOf(claim).findIndex((element, at) => element !== own[at]);
  return index < 0 ? undefined : index;
}

/** What the party would have claimed in a claim's place. */
function ownElements({ shape, trace }: Dispute, { claim }: ClaimNode): Promise<Hex[]> {
  return trace.stateHashes(elementPositions(shape, claim.level, claim.position));
}

function faultAt(dispute: Dispute, node: ClaimNode, index: number): Fault {
  return {
    index,
    position: positionAt(dispute.shape, node.claim.level, node.claim.position, index),
    first: stateAt(node, index),
    second: stateAt(node, index + 1),
  };
}

async function newHistory(dispute: Dispute, level: number, position: bigint, start: Hex): Promise<NewHistory> {
  const elements = await dispute.trace.stateHashes(elementPositions(dispute.shape, level, position));
  return { level, start, elements };
}

function tooLate(text: string, deadline: bigint): Missed {
  return { text, reason: `its time ended at ${deadline}` };
}
