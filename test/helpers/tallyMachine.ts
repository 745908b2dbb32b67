import { concatBytes } from "@noble/hashes/utils.js";
import { encodeBytes32String, keccak256 } from "ethers";

import { hexToBytes, wordOf, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { encodeInputHeader, hashInputHeader, type Input } from "../../plugin/input.js";
import type {
  InputOutcome,
  Machine,
  MachineState,
  Program,
  Snapshot,
  StepDescription,
} from "../../plugin/machines/machine.js";
import { hashCheckpoint, hashMachineState } from "../../plugin/machines/state.js";
import { wordAt } from "../../plugin/sources/wordTree.js";

/** Words at which the machine traps, at which it stays for ever, and after which the next word is the sum. */
export const TRAP = encodeBytes32String("trap") as Hex;
export const SPIN = encodeBytes32String("spin") as Hex;
export const SET = encodeBytes32String("set") as Hex;

interface Registers {
  readonly sum: Hex;
  readonly next: number;
}

interface Saved {
  readonly registers: Registers;
  readonly state: MachineState;
  readonly before: Registers;
  readonly published: Hex;
  readonly input: Input | undefined;
  readonly step: number;
  readonly outcome: InputOutcome | undefined;
}

const START: Registers = { sum: ZERO_WORD, next: 0 };

/** The program of the one tally machine. */
export const tallyProgram: Program = {
  machine: "tally",
  hash: keccak256(new TextEncoder().encode("tally")) as Hex,
  start: () => new TallyMachine(),
};

/** Twin of `contracts/test/TallyMachine.sol`. */
export class TallyMachine implements Machine {
  public readonly program = tallyProgram;
  private saved: Saved = {
    registers: START,
    state: {
      core: coreOf(START),
      checkpoint: ZERO_WORD,
      outputRoot: ZERO_WORD,
      rejections: ZERO_WORD,
      inputCount: 0n,
      deadline: 0n,
    },
    before: START,
    published: ZERO_WORD,
    input: undefined,
    step: 0,
    outcome: undefined,
  };

  public state(): MachineState {
    return this.saved.state;
  }

  public stateHash(): Hex {
    return hashMachineState(this.saved.state);
  }

  public get waiting(): boolean {
    return this.saved.state.deadline === 0n;
  }

  public get step(): number {
    return this.saved.step;
  }

  public get outcome(): InputOutcome | undefined {
    return this.saved.outcome;
  }

  public deliver(input: Input): void {
    if (!this.waiting) throw new Error("A running machine takes no input.");
    const { state, registers } = this.saved;
    const delivered = {
      ...state,
      checkpoint: hashCheckpoint(state.core, state.outputRoot),
      inputCount: state.inputCount + 1n,
      deadline: input.header.budget,
    };
    this.saved = { ...this.saved, before: registers, published: state.outputRoot, input, step: 1, state: delivered };
  }

  public run(steps: number): number {
    let done = 0;
    for (; done < steps && !this.waiting; done++) this.execute();
    return done;
  }

  public witness(next?: Input): Uint8Array {
    const { registers, state, step, input } = this.saved;
    if (this.waiting) return next === undefined ? new Uint8Array() : this.open(next);
    if (BigInt(step) >= state.deadline) return this.checkpoint();
    const word = this.word();
    if (word === undefined) return this.open(input!);
    const proof = input!.proveWord(registers.next);
    const opened = concatBytes(this.open(input!), wordOf(proof.length).subarray(30), proof);
    return word === TRAP ? concatBytes(opened, this.checkpoint()) : opened;
  }

  public describe(next?: Input): StepDescription {
    const kind = this.waiting ? (next === undefined ? "wait" : "deliver") : "tally";
    return { text: kind, kind, values: { sum: this.saved.registers.sum, next: String(this.saved.registers.next) } };
  }

  public snapshot(): Snapshot {
    return { brand: "snapshot", ...this.saved };
  }

  public restore(snapshot: Snapshot): void {
    this.saved = snapshot as Snapshot & Saved;
  }

  private execute(): void {
    const { registers, state, step } = this.saved;
    const word = this.word();
    if (BigInt(step) >= state.deadline) return this.rollBack("out-of-budget");
    if (word === TRAP) return this.rollBack("trapped");
    if (word === undefined) return this.wait({ sum: registers.sum, next: 0 }, registers.sum, "returned");
    const taken = { sum: takeWord(registers.sum, word), next: registers.next + 1 };
    const after = word === SPIN ? registers : taken;
    this.saved = { ...this.saved, registers: after, step: step + 1, state: { ...state, core: coreOf(after) } };
  }

  private rollBack(outcome: InputOutcome): void {
    const { before, published, state, input } = this.saved;
    const rejections = keccak256(concatBytes(hexToBytes(state.rejections), hexToBytes(hashInputHeader(input!.header))));
    this.saved = { ...this.saved, state: { ...state, rejections: rejections as Hex } };
    this.wait(before, published, outcome);
  }

  private wait(registers: Registers, outputRoot: Hex, outcome: InputOutcome): void {
    const core = coreOf(registers);
    const state = { ...this.saved.state, core, outputRoot, checkpoint: ZERO_WORD, deadline: 0n };
    this.saved = { ...this.saved, registers, state, outcome, step: 0 };
  }

  /** The word that the next step takes; undefined past the input's end. */
  private word(): Hex | undefined {
    const { registers, input } = this.saved;
    if (input === undefined || registers.next * 32 >= input.data.length) return undefined;
    return `0x${Buffer.from(wordAt(input.data, registers.next)).toString("hex")}`;
  }

  private open(input: Input): Uint8Array {
    const { sum, next } = this.saved.registers;
    return concatBytes(encodeInputHeader(input.header), hexToBytes(sum), wordOf(next));
  }

  private checkpoint(): Uint8Array {
    return concatBytes(hexToBytes(coreOf(this.saved.before)), hexToBytes(this.saved.published));
  }
}

function coreOf(registers: Registers): Hex {
  return keccak256(concatBytes(hexToBytes(registers.sum), wordOf(registers.next))) as Hex;
}

function takeWord(sum: Hex, word: Hex): Hex {
  if (word === SET || sum === SET) return word;
  return keccak256(concatBytes(hexToBytes(sum), hexToBytes(word))) as Hex;
}
