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
  return (await startsRight(dispute, claim)) && (await findFault(dispute, claim)) === undefined;
}

async function answerAssertion(dispute: Dispute): Promise<Move | Missed | undefined> {
  const { assertion, claims, trace, shape } = dispute;
  const end = 1n << BigInt(shape.inputBits + shape.stepBits);
  const [own] = await trace.stateHashes([end]);
  if (assertion.status !== "pending" || own === assertion.stateHash) return undefined;
  const [start] = await trace.stateHashes([0n]);
  const history = await newHistory(dispute, {
    opponent: assertion.id,
    level: 1,
    index: 0,
    position: 0n,
    start,
  });
  if (claims.has(history.id)) return undefined;
  const text = `the claim against assertion ${assertion.id}`;
  if (dispute.now >= dispute.claimableUntil) return tooLate(text, dispute.claimableUntil);
  return { kind: "claimAgainstAssertion", assertion, history };
}

async function answerClaim(dispute: Dispute, claim: ClaimNode): Promise<Move | Missed | undefined> {
  if (!(await startsRight(dispute, claim))) return undefined;
  const fault = await findFault(dispute, claim);
  if (fault === undefined) return undefined;
  if (claim.claim.level === dispute.levels) return proveFault(dispute, claim, fault);
  const history = await newHistory(dispute, {
    opponent: claim.id,
    level: claim.claim.level + 1,
    index: fault.index,
    position: fault.position,
    start: fault.first,
  });
  if (dispute.claims.has(history.id)) return undefined;
  if (dispute.now >= claim.deadline) return tooLate(`the answer to claim ${claim.id}`, claim.deadline);
  return { kind: "claimAgainstClaim", opponent: claim, fault, history };
}

function proveFault(dispute: Dispute, claim: ClaimNode, fault: Fault): Move | Missed {
  if (dispute.now >= claim.deadline) return tooLate(`the proof against claim ${claim.id}`, claim.deadline);
  return { kind: "prove", claim, fault, assertion: dispute.assertion };
}

/** Whether a party believes the state that a claim begins in. */
export async function startsRight(dispute: Dispute, { claim }: ClaimNode): Promise<boolean> {
  const [own] = await dispute.trace.stateHashes([claim.position]);
  return own === claim.start;
}

/** The first index whose next state is wrong; the claim must start right. */
async function findFault(dispute: Dispute, node: ClaimNode): Promise<Fault | undefined> {
  const { level, position } = node.claim;
  const own = await dispute.trace.stateHashes(elementPositions(dispute.shape, level, position));
  const index = node.elements.findIndex((element, at) => element !== own[at]);
  if (index < 0) return undefined;
  return {
    index,
    position: positionAt(dispute.shape, level, position, index),
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
