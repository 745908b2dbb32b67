import type { ClaimNode } from "../dispute/claimTree.js";
import type { Hex } from "../hex.js";
import type { Done } from "../node/sender.js";
import { RollupError } from "../errors.js";
import type { Party } from "./party.js";
import type { TimeTravel } from "./timeTravel.js";

/** What both sides took, and each of them. */
export interface Shares {
  readonly total: bigint;
  readonly honest: bigint;
  readonly dishonest: bigint;
}

/** What a dispute took, from its first claim to its last resolution. */
export interface DisputeFigures {
  /** How many levels of claims were made, of those that the chain has. */
  readonly levels: number;
  /** Moves that had to follow each other: a claim for each level, and the proof of a step. */
  readonly rounds: number;
  readonly transactions: number;
  readonly gas: Shares;
  /** What blobs took besides. */
  readonly blobGas: Shares;
  /** Of the whole transaction that proved the step; undefined if none had to be proved. */
  readonly stepGas: bigint | undefined;
  /** The proved step's instruction as text, e.g. `i64.add [5], [6]`. */
  readonly instruction: string | undefined;
  /** Its class, e.g. `i64.add`. */
  readonly instructionKind: string | undefined;
  readonly winner: "honest" | "dishonest";
  /** Of the settlement layer. */
  readonly chainSeconds: bigint;
}

/** What happened in one turn, for those who print a timeline. */
export interface Turn {
  readonly party: Party;
  readonly actions: readonly Done[];
}

export interface PlayOptions {
  readonly parties: readonly Party[];
  readonly timeTravel: TimeTravel;
  /** What was done before, and belongs to the dispute. */
  readonly opening?: readonly Turn[];
  /** Called after every turn in which something was done. */
  readonly onTurn?: (turn: Turn) => void | Promise<void>;
  /** A dispute that takes more turns than this is reported as endless; 10,000 if absent. */
  readonly maxTurns?: number;
}

/** The transactions that are the dispute itself. */
const DISPUTE_ACTIONS: readonly Done["action"][] = ["claim", "prove", "resolve"];

/**
 * Lets parties act in turn, and time pass when none has anything to do, until nothing is left.
 * @throws {RollupError} `DISPUTE_ENDLESS`.
 */
export async function playDispute(options: PlayOptions): Promise<DisputeFigures> {
  const { parties, timeTravel, onTurn, opening = [], maxTurns = 10_000 } = options;
  const turns: Turn[] = [...opening];
  for (let turn = 0; turn < maxTurns; turn++) {
    let acted = false;
    let wakeAt: bigint | undefined;
    for (const party of parties) {
      const round = await party.act();
      if (round.wakeAt !== undefined && (wakeAt === undefined || round.wakeAt < wakeAt)) wakeAt = round.wakeAt;
      if (round.actions.length === 0) continue;
      acted = true;
      turns.push({ party, actions: round.actions });
      await onTurn?.(turns[turns.length - 1]);
    }
    if (acted) continue;
    if (wakeAt === undefined) return figuresOf(parties, turns);
    await timeTravel.to(wakeAt);
  }
  throw new RollupError("DISPUTE_ENDLESS", "The parties go on for ever.", { turns: maxTurns });
}

function figuresOf(parties: readonly Party[], turns: readonly Turn[]): DisputeFigures {
  const moves = turns.flatMap(({ party, actions }) =>
    actions.filter(({ action }) => DISPUTE_ACTIONS.includes(action)).map((done) => ({ party, done })),
  );
  const sharesOf = (kind: "gas" | "blobGas"): Shares => {
    const [honest, dishonest] = [true, false].map((side) =>
      moves.filter(({ party }) => party.honest === side).reduce((sum, { done }) => sum + done.spent[kind], 0n),
    );
    return { total: honest + dishonest, honest, dishonest };
  };
  const times = moves.map(({ done }) => done.timestamp);
  const [step] = parties.flatMap(({ challenger }) => challenger.proved);
  const levels = deepestLevel(parties[0].node.claims.all());
  return {
    levels,
    rounds: levels + (step === undefined ? 0 : 1),
    transactions: moves.length,
    gas: sharesOf("gas"),
    blobGas: sharesOf("blobGas"),
    stepGas: step?.gas,
    instruction: step?.proof.description.text,
    instructionKind: step?.proof.description.kind,
    winner: truthHolds(parties[0]) ? "honest" : "dishonest",
    chainSeconds: times.length === 0 ? 0n : latest(times) - times[0],
  };
}

function deepestLevel(claims: readonly ClaimNode[]): number {
  return claims.reduce((deepest, { claim }) => Math.max(deepest, claim.level), 0);
}

/** No false assertion is confirmed, and no true one was countered. */
function truthHolds({ node }: Party): boolean {
  return node.assertions.all().every((assertion) => {
    const onTruth = assertion.parent === undefined || isTrue(node, assertion.parent.end, assertion.parent.stateHash);
    const correct = onTruth && isTrue(node, assertion.end, assertion.stateHash);
    return correct ? assertion.status !== "countered" : assertion.status !== "confirmed";
  });
}

function isTrue(node: Party["node"], end: bigint, stateHash: Hex): boolean {
  return node.executor.boundary(end)?.hash === stateHash;
}

function latest(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}
