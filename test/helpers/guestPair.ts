import { expect } from "chai";

import { bytesToHex, type Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import type { GuestLog, InputOutcome, Snapshot } from "../../plugin/machines/machine.js";
import { loadWasmProgram, type WasmProgram } from "../../plugin/machines/wasm/program.js";
import type { WasmMachine } from "../../plugin/machines/wasm/wasmMachine.js";
import { V8Guest } from "./v8Guest.js";

/** What an input did, as far as a guest can tell the world. */
export interface Handled {
  readonly outcome: InputOutcome;
  /** As hex. */
  readonly logs: readonly string[];
  readonly outputRoot: string;
  /** On the provable machine, delivery included. */
  readonly steps: number;
}

/** One guest on V8 and on the provable machine, by steps and by whole inputs; all must agree on everything after every input. */
export class GuestPair {
  readonly machine: WasmMachine;
  private readonly whole: WasmMachine;
  private logs: GuestLog[] = [];
  private wholeLogs: GuestLog[] = [];

  private constructor(
    readonly program: WasmProgram,
    readonly v8: V8Guest,
    preimages: ReadonlyMap<Hex, Uint8Array>,
  ) {
    this.machine = program.start({ log: (log) => this.logs.push(log), preimage: (hash) => preimages.get(hash) });
    this.whole = program.start({ log: (log) => this.wholeLogs.push(log), preimage: (hash) => preimages.get(hash) });
  }

  static async of(bytes: Uint8Array, preimages: ReadonlyMap<Hex, Uint8Array> = new Map()): Promise<GuestPair> {
    return new GuestPair(loadWasmProgram(bytes), await V8Guest.of(bytes, preimages), preimages);
  }

  /** Handles an input on both and compares outcome, logs, output root, memory and globals. */
  handle(input: Input): Handled {
    [this.logs, this.wholeLogs] = [[], []];
    const before = this.machine.snapshot();
    this.machine.deliver(input);
    const steps = 1 + this.machine.run(Number(input.header.budget) + 1);
    const outcome = this.machine.outcome!;
    const logs = this.logs.map(({ data }) => bytesToHex(data));
    const { outputRoot } = this.machine.state();
    expect({ outcome, logs, outputRoot }).to.deep.equal({
      outcome: this.v8.handle(input),
      logs: this.v8.logs.map(({ data }) => bytesToHex(data)),
      outputRoot: this.v8.outputRoot,
    });
    this.expectSameState();
    this.handleWhole(before, input, steps);
    return { outcome, logs, outputRoot, steps };
  }

  /** Takes the input whole, and compares with what steps came to. */
  private handleWhole(before: Snapshot, input: Input, steps: number): void {
    this.whole.restore(before);
    this.whole.deliver(input);
    expect(1 + this.whole.runWhole()!, "steps").to.equal(steps);
    expect(this.whole.state()).to.deep.equal(this.machine.state());
    expect([this.whole.outcome, this.whole.trapCause]).to.deep.equal([this.machine.outcome, this.machine.trapCause]);
    expect(this.wholeLogs).to.deep.equal(this.logs);
  }

  /** Puts the machine into V8's state, which took V8 less time to reach. */
  copyFromV8(): void {
    const { memory, tables } = this.machine.registers;
    memory.unshareRange(0, memory.size);
    memory.bytes.set(this.v8.memory);
    this.v8.globalValues.forEach((value, index) => tables.set(index, value));
  }

  private expectSameState(): void {
    const { memory, tables } = this.machine.registers;
    expect(Buffer.compare(memory.bytes.subarray(0, memory.size), this.v8.memory), "memory").to.equal(0);
    expect(this.v8.globalValues.map((_, index) => tables.get(index))).to.deep.equal(this.v8.globalValues);
  }
}
