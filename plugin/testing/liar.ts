import { RollupError } from "../errors.js";
import type { AssertionNode } from "../node/assertions.js";
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
  const truth = executor.boundary(end)?.hash;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = mix(seed, attempt);
    const position = options.position ?? drawPosition(node, first, end, random);
    const target = attempt % 3 === 2 ? "memory" : "result";
    const trace = executor.tamperedTrace(first, end, flipBit({ position, target, seed: random }));
    const [own] = await trace.stateHashes([(end - first) << BigInt(executor.stepBits)]);
    if (own !== truth) return { trace, position };
  }
  throw new RollupError("LIE_HEALS", "No falsehood at this step lasts until the end of the inputs.", {
    position: options.position ?? "drawn",
    seed,
  });
}

/** A step in the input that took most steps, its delivery and its last steps aside. */
function drawPosition({ executor }: RollupNode, first: bigint, end: bigint, random: number): bigint {
  const inputs = executor.executed().slice(Number(first), Number(end));
  const lasting = inputs.filter(({ outcome }) => outcome === "returned");
  const longest = (lasting.length > 0 ? lasting : inputs).reduce((a, b) => (b.steps > a.steps ? b : a));
  const steps = longest.steps > 2n ? longest.steps - 2n : 1n;
  const step = 1n + ((BigInt(random) * 0x9e3779b97f4a7c15n) % steps);
  return ((longest.number - first) << BigInt(executor.stepBits)) + step;
}

/** A number below 2^31 that depends on both: xorshift of their combination. */
function mix(seed: number, attempt: number): number {
  let x = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(attempt + 1, 0x85ebca6b)) | 1;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return (x >>> 0) % 2 ** 31;
}
