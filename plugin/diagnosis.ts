import { Contract } from "ethers";

import { artifactOf } from "./artifacts.js";
import { elementPositions } from "./dispute/claim.js";
import { claimsUnder } from "./dispute/strategy.js";
import { RollupError } from "./errors.js";
import { bytesToHex } from "./hex.js";
import type { Hex } from "./hex.js";
import type { MachineState, StepDescription } from "./machines/machine.js";
import { hashMachineState, machineStateOf } from "./machines/state.js";
import type { AssertionNode } from "./node/assertions.js";
import type { RollupNode } from "./node/node.js";
import { explainRevert } from "./node/reverts.js";
import type { Trace } from "./node/trace.js";

/** Where two parties' states differ, as far as the dispute has told. */
export interface Difference {
  /** The last position at which both have the same state, as far as is known. */
  readonly position: bigint;
  /** How many positions later the states differ; 1 if the step is found. */
  readonly stride: bigint;
  /** What was claimed of the state there. */
  readonly given: Hex;
  /** Who said so: a claim's id, or the assertion's. */
  readonly by: Hex;
}

/** One step of a machine, shown in full. */
export interface Diagnosis {
  readonly assertion: Hex;
  /** Counted from the assertion's first position. */
  readonly position: bigint;
  /** The input in whose window it is; undefined past the last. */
  readonly input: bigint | undefined;
  /** Within the input's window. */
  readonly step: bigint;
  /** The instruction, and the registers and words that it touches, before the step. */
  readonly before: StepDescription;
  /** What comes next, with its registers and words; undefined at the end of the assertion. */
  readonly after: StepDescription | undefined;
  readonly state: MachineState;
  /** The state after the step, as this machine computes it, and its hash. */
  readonly computed: MachineState;
  readonly computedHash: Hex;
  /** What somebody claimed instead, if it is known at this very step. */
  readonly given: Hex | undefined;
  /** What the machine on the settlement layer makes of the step: a state's hash, or why it refuses. */
  readonly contract: Hex | { readonly refused: string };
}

/**
 * The assertion that needs looking at: the oldest false or disputed one, else the latest confirmed.
 */
export async function suspectAssertion(node: RollupNode): Promise<AssertionNode> {
  for (const assertion of node.assertions.all()) {
    if (assertion.parent === undefined) continue;
    if (!(await node.truth.believes(assertion)) || node.claims.against(assertion.id).length > 0) return assertion;
  }
  return node.assertions.confirmed;
}

/**
 * This node's states under an assertion.
 * @throws {RollupError} `NO_TRACE` where there are none: at genesis, on a false parent, past what was executed.
 */
export async function traceOf(node: RollupNode, assertion: AssertionNode): Promise<Trace> {
  const trace = assertion.parent === undefined ? undefined : await node.truth.trace(assertion);
  if (trace !== undefined) return trace;
  throw new RollupError("NO_TRACE", "There are no states to look at under this assertion.", {
    given: assertion.id,
    expected: "an assertion on a true one, whose inputs are all on L1",
  });
}

/** The narrowest difference between this node's states and what was said of them; undefined if there is none. */
export async function findDifference(
  node: RollupNode,
  assertion: AssertionNode,
  trace: Trace,
): Promise<Difference | undefined> {
  const shape = node.chain.parameters;
  const end = 1n << BigInt(shape.inputBits + shape.stepBits);
  const [last] = await trace.stateHashes([end]);
  const { id, stateHash } = assertion;
  let narrowest: Difference | undefined =
    last === stateHash ? undefined : { position: 0n, stride: end, given: stateHash, by: id };
  for (const { claim, elements, id: by } of claimsUnder(node.claims, id)) {
    const positions = elementPositions(shape, claim.level, claim.position);
    const [start, ...own] = await trace.stateHashes([claim.position, ...positions]);
    const at = elements?.findIndex((element, index) => element !== own[index]) ?? -1;
    if (elements === undefined || start !== claim.start || at < 0) continue;
    const position = at === 0 ? claim.position : positions[at - 1];
    const stride = positions[at] - position;
    if (narrowest === undefined || stride < narrowest.stride) narrowest = { position, stride, given: elements[at], by };
  }
  return narrowest;
}

/**
 * Executes the step at a position on this machine and, as a call, on the settlement layer's.
 * @param difference What is known to differ; its `given` is shown if it is about this very step.
 */
export async function diagnose(
  node: RollupNode,
  assertion: AssertionNode,
  position: bigint,
  difference?: Difference,
): Promise<Diagnosis> {
  const trace = await traceOf(node, assertion);
  const { inputBits, stepBits } = node.chain.parameters;
  const end = 1n << BigInt(inputBits + stepBits);
  if (position >= end) {
    const facts = { given: position, expected: `at most ${end - 1n}` };
    throw new RollupError("POSITION_OUTSIDE", "The position is past the assertion's end.", facts);
  }
  const proof = await trace.proveStep(position);
  const next = position + 1n < end ? await trace.proveStep(position + 1n) : undefined;
  const sameStep = difference?.position === position && difference.stride === 1n;
  return {
    assertion: assertion.id,
    position,
    input: proof.header?.number,
    step: proof.context.step,
    before: proof.description,
    after: next?.description,
    state: proof.before,
    computed: proof.after,
    computedHash: hashMachineState(proof.after),
    given: sameStep ? difference.given : undefined,
    contract: await askContract(node, proof),
  };
}

async function askContract(
  node: RollupNode,
  { context, before, witness }: Awaited<ReturnType<Trace["proveStep"]>>,
): Promise<Diagnosis["contract"]> {
  const { abi } = await artifactOf("machines/IMachine.sol");
  const machine = new Contract(node.chain.addresses.machine, abi, node.chain.provider);
  try {
    const result: unknown = await machine.step.staticCall(context, before, bytesToHex(witness));
    return hashMachineState(machineStateOf(result));
  } catch (error) {
    return { refused: await explainRevert(error) };
  }
}
