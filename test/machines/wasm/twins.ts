import { expect } from "chai";
import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { network } from "hardhat";

import type { Hex } from "../../../plugin/hex.js";
import { hashInputHeader, type Input, type InputHeader } from "../../../plugin/input.js";
import { bytesToHex, ZERO_WORD } from "../../../plugin/hex.js";
import type { Machine, MachineHost, MachineState } from "../../../plugin/machines/machine.js";
import { machineStateOf } from "../../../plugin/machines/state.js";
import type { WasmProgram } from "../../../plugin/machines/wasm/program.js";
import type { WasmMachine } from "../../../plugin/machines/wasm/wasmMachine.js";
import { wordAt, WordTree } from "../../../plugin/sources/wordTree.js";
import type {
  CalldataSource,
  PreimageStore,
  WasmMachine as WasmMachineContract,
} from "../../../types/ethers-contracts/index.js";

/** Twin of `StepContext`. */
export interface StepContext {
  readonly program: Hex;
  readonly inputHash: Hex;
  readonly step: bigint;
}

/** One step as the off-chain machine makes it, with what the contract needs to make it again. */
export interface Step {
  readonly context: StepContext;
  readonly before: MachineState;
  readonly witness: Uint8Array;
  readonly after: MachineState;
}

/** What tests call of a machine's contract. */
type StepContract = Pick<WasmMachineContract, "step" | "getAddress" | "interface">;

/** The contracts that execute steps. */
export interface Contracts {
  readonly ethers: HardhatEthers;
  readonly machine: StepContract;
  readonly preimages: PreimageStore;
  readonly source: CalldataSource;
  readonly sourceAddress: Hex;
}

/** @param name The machine's contract. */
export async function deployContracts(
  name: "WasmMachine" | "RiscvMachine" | "MipsMachine" = "WasmMachine",
): Promise<Contracts> {
  const { ethers } = await network.create();
  const preimages = await ethers.deployContract("PreimageStore");
  const machine = (await ethers.deployContract(name, [await preimages.getAddress()])) as unknown as StepContract;
  const source = await ethers.deployContract("CalldataSource");
  return { ethers, machine, preimages, source, sourceAddress: (await source.getAddress()) as Hex };
}

/** An input as an inbox would order it, with its bytes in calldata. */
export function inputOf(source: Hex, data: Uint8Array, fields: Partial<InputHeader> = {}): Input {
  const tree = new WordTree(data);
  const header: InputHeader = {
    previous: `0x${"a5".repeat(32)}`,
    kind: "message",
    sender: `0x${"5e".repeat(20)}`,
    source,
    commitment: tree.root,
    length: BigInt(data.length),
    budget: 1000n,
    number: 0n,
    timestamp: 1_700_000_000n,
    blockNumber: 1_000n,
    ...fields,
  };
  return { header, data, proveWord: (index) => Buffer.concat([wordAt(data, index), tree.prove(index)]) };
}

/** What of a running machine is set before its step. */
export interface Setting {
  /** Number of the instruction. */
  readonly pc: number;
  readonly fp?: number;
  /** By slot, counted from the frame. */
  readonly slots?: Readonly<Record<number, bigint>>;
  /** Bytes by address. */
  readonly memory?: Readonly<Record<number, Uint8Array>>;
}

/** How far behind `fp` a step may touch the stack. */
const REACH = 64;

/** A machine that handles `input` and comes to `setting`; what was before stays in memory and on the stack. */
export function startAt(program: WasmProgram, input: Input, setting: Setting, host: MachineHost = {}): WasmMachine {
  const machine = program.start(host);
  machine.deliver(input);
  place(machine, setting);
  return machine;
}

/** Moves a running machine to `setting`. */
export function place({ registers }: WasmMachine, { pc, fp = 0, slots = {}, memory = {} }: Setting): void {
  registers.pc = pc;
  registers.fp = fp;
  registers.used = Math.max(registers.used, Math.min(fp + REACH, registers.stack.count));
  for (const [slot, value] of Object.entries(slots)) registers.stack.set(fp + Number(slot), value);
  for (const [address, bytes] of Object.entries(memory)) {
    registers.memory.unshareRange(Number(address), bytes.length);
    registers.memory.bytes.set(bytes, Number(address));
  }
}

/** Makes the next step of a machine: delivery of `next` if it waits and `next` is given. */
export function makeStep(machine: Machine & { readonly input: Input | undefined }, next?: Input): Step {
  const input = machine.input ?? next;
  const inputHash = input === undefined ? ZERO_WORD : hashInputHeader(input.header);
  const context = { program: machine.program.hash, inputHash, step: BigInt(machine.step) };
  const [before, witness] = [machine.state(), machine.witness(next)];
  if (!machine.waiting) machine.run(1);
  else if (next !== undefined) machine.deliver(next);
  return { context, before, witness, after: machine.state() };
}

/** The state that the contract comes to. */
export async function stepOnChain(
  { machine }: Contracts,
  { context, before, witness }: Pick<Step, "context" | "before" | "witness">,
): Promise<MachineState> {
  return machineStateOf(await machine.step(context, before, witness));
}

/** Both halves come to the same state. */
export async function expectAgreement(contracts: Contracts, step: Step, label: string): Promise<void> {
  const state = await stepOnChain(contracts, step).catch((error: unknown) => {
    throw new Error(`${label}: refused`, { cause: error });
  });
  expect(state, label).to.deep.equal(step.after);
}

/** Numbers as they are asked for, the same ones for the same seed (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit) >>> 0;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  bits(count: number): bigint {
    return BigInt.asUintN(count, BigInt(bytesToHex(this.bytes(8))));
  }
}
