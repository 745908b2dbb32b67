import { pendingAnswers, type ClaimNode } from "./claimTree.js";

/** Claims that can be decided at once, from the lowest upwards, as `resolve` takes them. */
export interface Resolution {
  readonly branch: readonly ClaimNode[];
  /** When it can be decided, in seconds. */
  readonly at: bigint;
}

/**
 * What a party resolves: for each undecided claim on its side that has no undecided answers, the branch from that claim upwards, as far as
 * deciding it decides the next one on its side. The branch is taken in one go, once the last of its clocks is up. Claims of the other side
 * that would stand are left to those who gain by them.
 * @param open The undecided claims of a dispute.
 * @param ours Those on the party's side.
 */
export function planResolutions(open: readonly ClaimNode[], ours: ReadonlySet<ClaimNode>): Resolution[] {
  const decidedAt = new Map<ClaimNode, bigint>();
  const leaves = open.filter((claim) => ours.has(claim) && pendingAnswers(claim) === 0);
  const resolutions: Resolution[] = [];
  for (const leaf of leaves.sort((a, b) => b.claim.level - a.claim.level)) {
    if (!decidedAt.has(leaf)) resolutions.push(resolutionFrom(leaf, ours, decidedAt));
  }
  return resolutions;
}

function resolutionFrom(leaf: ClaimNode, ours: ReadonlySet<ClaimNode>, decidedAt: Map<ClaimNode, bigint>): Resolution {
  const branch: ClaimNode[] = [];
  let at = 0n;
  let stands: ClaimNode | undefined = leaf;
  while (stands !== undefined) {
    branch.push(stands);
    const answered = stands.answers.map((answer) => decidedAt.get(answer) ?? 0n);
    at = [at, stands.deadline, ...answered].reduce((a, b) => (a > b ? a : b));
    decidedAt.set(stands, at);
    const loser: ClaimNode | undefined = stands.opponent;
    if (loser === undefined) break;
    branch.push(loser);
    if (isDecided(loser, decidedAt)) break;
    decidedAt.set(loser, at);
    stands = nextToStand(loser.opponent, ours, decidedAt);
  }
  return { branch, at };
}

/** What the loser was against, if that can be decided now that the loser is. */
function nextToStand(
  candidate: ClaimNode | undefined,
  ours: ReadonlySet<ClaimNode>,
  decidedAt: ReadonlyMap<ClaimNode, bigint>,
): ClaimNode | undefined {
  if (candidate === undefined || !ours.has(candidate) || isDecided(candidate, decidedAt)) return undefined;
  return candidate.answers.every((answer) => isDecided(answer, decidedAt)) ? candidate : undefined;
}

function isDecided(claim: ClaimNode, decidedAt: ReadonlyMap<ClaimNode, bigint>): boolean {
  return claim.status !== "open" || decidedAt.has(claim);
}
