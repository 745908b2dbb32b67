import type { NetworkConnection } from "hardhat/types/network";

import { artifactOf } from "../plugin/artifacts.js";
import { bytesToHex } from "../plugin/hex.js";
import type { StepProof } from "../plugin/node/trace.js";
import type { TestChain } from "../plugin/testing/testChain.js";

/** What is measured, and which classes of instructions stand for it. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  "step.wasm.add": ["i32.add", "i64.add"],
  "step.wasm.load": ["i32.load", "i64.load"],
  "step.wasm.store": ["i32.store", "i64.store"],
  "step.wasm.call": ["call"],
  "step.wasm.readInput": ["host.input_word"],
};

/** The same on RISC-V. */
export const RISCV_CLASSES: Readonly<Record<string, readonly string[]>> = {
  "step.riscv.add": ["add", "addi", "sub"],
  "step.riscv.branch": ["beq", "bne", "blt", "bge", "bltu", "bgeu"],
  "step.riscv.load": ["lb", "lbu", "lh", "lhu", "lw"],
  "step.riscv.store": ["sb", "sh", "sw"],
};

/** The same on MIPS. */
export const MIPS_CLASSES: Readonly<Record<string, readonly string[]>> = {
  "step.mips.add": ["add", "addu", "addi", "addiu", "subu"],
  "step.mips.branch": ["beq", "bne", "blez", "bgtz", "bltz", "bgez"],
  "step.mips.load": ["lb", "lbu", "lh", "lhu", "lw"],
  "step.mips.store": ["sb", "sh", "sw"],
};

/** How many steps of each are executed on chain; the dearest counts. */
const SAMPLES = 12;
/** Every how many steps a step may be taken, so that samples come from all of an input. */
const SPACING = 7n;

/**
 * The gas of `step` called directly as a transaction, by key: the dearest of some steps of the last input that the ledger took.
 * @param classes Which classes of instructions stand for a key.
 */
export async function stepGas(
  connection: NetworkConnection,
  chain: TestChain,
  classes: Readonly<Record<string, readonly string[]>> = CLASSES,
): Promise<Record<string, bigint>> {
  const [signer] = await connection.ethers.getSigners();
  const { abi } = await artifactOf("machines/IMachine.sol");
  const machine = new connection.ethers.Contract(chain.chain.addresses.machine, abi, signer);
  const gas: Record<string, bigint> = {};
  for (const [key, kinds] of Object.entries(classes)) {
    let dearest = 0n;
    for (const { context, before, witness } of await samplesOf(chain, kinds)) {
      const call = await machine.step.populateTransaction(context, before, bytesToHex(witness));
      const receipt = await (await signer.sendTransaction(call)).wait();
      if (receipt !== null && receipt.gasUsed > dearest) dearest = receipt.gasUsed;
    }
    if (dearest === 0n) throw new Error(`None of the sampled steps is of a class of ${key}.`);
    gas[key] = dearest;
  }
  return gas;
}

/** Steps of some classes from the chain's inputs, the first ones aside: memory has something in it by then. */
async function samplesOf({ node }: TestChain, kinds: readonly string[]): Promise<StepProof[]> {
  const { executor } = node;
  const last = executor.executed().findLast(({ outcome }) => outcome === "returned");
  if (last === undefined) throw new Error("No input was executed.");
  const trace = executor.trace(last.number, last.number + 1n);
  const samples: StepProof[] = [];
  for (let step = 1n; step < last.steps && samples.length < SAMPLES; step += SPACING) {
    const proof = await trace.proveStep(step);
    if (kinds.includes(proof.description.kind)) samples.push(proof);
  }
  return samples;
}
