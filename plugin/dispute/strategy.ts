import type { Hex } from "../hex.js";
import type { AssertionNode } from "../node/assertions.js";
import type { Trace } from "../node/trace.js";
import { claimId, elementPositions, positionAt, type DisputeShape } from "./claim.js";
import { stateAt, type ClaimNode, type ClaimTree } from "./claimTree.js";
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

/** True if a party believes every state of a claim, so that it holds the claim's side. */
export async function believesClaim(dispute: Dispute, claim: ClaimNode): Promise<boolean> {
  return (await startsRight(dispute, claim)) && (await faultyIndex(dispute, claim)) === undefined;
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
    const made = { opponent: assertion.id, level: 1, index: 0, position: 0n, start };
    return { kind: "claimAgainstAssertion", assertion, history: await newHistory(dispute, made) };
  }
  const fault = faultAt(dispute, opponent, index);
  const { position, first: start } = fault;
  const made = { opponent: opponent.id, level: opponent.claim.level + 1, index, position, start };
  return { kind: "claimAgainstClaim", opponent, fault, history: await newHistory(dispute, made) };
}

async function answerAssertion(dispute: Dispute): Promise<Move | Missed | undefined> {
  const { assertion, claims, trace, shape } = dispute;
  const [own] = await trace.stateHashes([1n << BigInt(shape.inputBits + shape.stepBits)]);
  if (assertion.status !== "pending" || own === assertion.stateHash) return undefined;
  const move = await answerAt(dispute, undefined, 0);
  if (claims.has(move.history.id)) return undefined;
  const late = dispute.now >= dispute.claimableUntil;
  return late ? tooLate(`the claim against assertion ${assertion.id}`, dispute.claimableUntil) : move;
}

async function answerClaim(dispute: Dispute, claim: ClaimNode): Promise<Move | Missed | undefined> {
  if (!(await startsRight(dispute, claim))) return undefined;
  const index = await faultyIndex(dispute, claim);
  if (index === undefined) return undefined;
  const late = dispute.now >= claim.deadline;
  if (claim.claim.level === dispute.levels) {
    if (late) return tooLate(`the proof against claim ${claim.id}`, claim.deadline);
    return { kind: "prove", claim, fault: faultAt(dispute, claim, index), assertion: dispute.assertion };
  }
  const move = await answerAt(dispute, claim, index);
  if (dispute.claims.has(move.history.id)) return undefined;
  return late ? tooLate(`the answer to claim ${claim.id}`, claim.deadline) : move;
}

/** Whether a party believes the state that a claim begins in. */
export async function startsRight(dispute: Dispute, { claim }: ClaimNode): Promise<boolean> {
  const [own] = await dispute.trace.stateHashes([claim.position]);
  return own === claim.start;
}

/** The first index whose next state is wrong, undefined if none is; the claim must start right. */
async function faultyIndex(dispute: Dispute, { claim, elements }: ClaimNode): Promise<number | undefined> {
  const own = await dispute.trace.stateHashes(elementPositions(dispute.shape, claim.level, claim.position));
  const index = elements.findIndex((element, at) => element !== own[at]);
  return index < 0 ? undefined : index;
}

function faultAt(dispute: Dispute, node: ClaimNode, index: number): Fault {
  return {
    index,
    position: positionAt(dispute.shape, node.claim.level, node.claim.position, index),
    first: stateAt(node, index),
    second: stateAt(node, index + 1),
    opening: dispute.history.open(node.elements, index),
  };
}

interface NewClaim {
  readonly opponent: Hex;
  readonly level: number;
  readonly index: number;
  readonly position: bigint;
  readonly start: Hex;
}

async function newHistory(dispute: Dispute, made: NewClaim): Promise<NewHistory> {
  const { assertion, history, shape, trace } = dispute;
  const elements = await trace.stateHashes(elementPositions(shape, made.level, made.position));
  const id = claimId({ ...made, assertion: assertion.id, history: history.commit(elements) });
  return { id, level: made.level, data: history.encode(made.start, elements) };
}

function tooLate(text: string, deadline: bigint): Missed {
  return { text, reason: `its time ended at ${deadline}` };
}
