import { RollupError } from "../errors.js";
import type { AssertionNode } from "../node/assertions.js";
import type { ExecutedInput } from "../node/executor.js";
import type { MachineTrace } from "../node/machineTrace.js";
import type { RollupNode } from "../node/node.js";
import { flipBit } from "./tamper.js";

/** Where a liar's execution goes wrong. */
export interface LieOptions {
  /** The step of which the outcome is falsified, counted from the first position of the assertion that is lied about. */
  readonly position?: bigint;
  /** Chooses the bit, and the position if none is given: a step deep inside an input that was executed. Any number; 1 if absent. */
  readonly seed?: number;
}

/** A trace that is wrong by one step, and ends in another state than the truth. */
export interface FalseTrace {
  readonly trace: MachineTrace;
  /** The one false step. */
  readonly position: bigint;
}

/** How many ways of falsifying a step are tried: a lie may be overwritten, or undone where the input is rejected. */
const ATTEMPTS = 24;
/** A lie may take so many times the steps of the longest true input. */
const PATIENCE = 4n;

/**
 * What an adversary executes who is wrong by one instruction about the inputs that follow `parent`.
 * @throws {RollupError} `LIE_HEALS` if no falsehood at that position lasts until the end.
 */
export async function falseTrace(
  node: RollupNode,
  parent: AssertionNode,
  options: LieOptions = {},
): Promise<FalseTrace> {
  const { executor } = node;
  const { end: first, next: end } = parent;
  const seed = options.seed ?? 1;
  const longest = longestInput(node, first, end);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = mix(seed, attempt);
    const step = ((longest.number - first) << BigInt(executor.stepBits)) + drawStep(longest, random);
    const position = options.position ?? step;
    const tamper = flipBit({ position, target: attempt % 3 === 2 ? "memory" : "result", seed: random });
    const trace = executor.tamperedTrace(first, end, tamper, PATIENCE * longest.steps);
    if (await lasts(trace, node, first, end)) return { trace, position };
  }
  throw new RollupError("LIE_HEALS", "No falsehood at this step lasts until the end of the inputs.", {
    position: options.position ?? "drawn",
    seed,
  });
}

/** Whether a false trace ends in another state than the truth, and ends: a falsehood may make a loop endless. */
async function lasts(trace: MachineTrace, { executor }: RollupNode, first: bigint, end: bigint): Promise<boolean> {
  try {
    const [state] = await trace.stateHashes([(end - first) << BigInt(executor.stepBits)]);
    return state !== executor.boundary(end)?.hash;
  } catch (error) {
    if (error instanceof RollupError && error.code === "TOO_MANY_STEPS") return false;
    throw error;
  }
}

/** The input that took most steps, of those that changed something if there are any. */
function longestInput({ executor }: RollupNode, first: bigint, end: bigint): ExecutedInput {
  const inputs = executor.executed().slice(Number(first), Number(end));
  const lasting = inputs.filter(({ outcome }) => outcome === "returned");
  return (lasting.length > 0 ? lasting : inputs).reduce((a, b) => (b.steps > a.steps ? b : a));
}

/** A step of an input, its delivery and its last ones aside. */
function drawStep({ steps }: ExecutedInput, random: number): bigint {
  return 1n + ((BigInt(random) * 0x9e3779b97f4a7c15n) % (steps > 2n ? steps - 2n : 1n));
}

/** A number below 2^31 that depends on both: xorshift of their combination. */
function mix(seed: number, attempt: number): number {
  let x = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(attempt + 1, 0x85ebca6b)) | 1;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return (x >>> 0) % 2 ** 31;
}
