import { expect } from "chai";
import fc from "fast-check";

import type { Hex } from "../../plugin/hex.js";
import type { Machine } from "../../plugin/machines/machine.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { MachineTrace, type Tamper } from "../../plugin/node/machineTrace.js";
import { flipBit } from "../../plugin/testing/tamper.js";
import { LOOP, loops } from "../helpers/chains.js";
import { inputOf } from "../helpers/inputs.js";

const STEP_BITS = 16;
const END = 2n ** 16n;

interface Counts {
  steps: number;
  snapshots: number;
  restores: number;
}

/** A trace over one input of some 20,000 steps, and what its machine does for it. */
function traceOf(tamper?: Tamper): { trace: MachineTrace; counts: Counts } {
  const counts = { steps: 0, snapshots: 0, restores: 0 };
  const machine = LOOP.start();
  const boundaries = [machine.snapshot()];
  const inputs = [inputOf({ data: loops(1500), budget: END - 1n })];
  const trace = new MachineTrace({
    machine: counted(machine, counts),
    stepBits: STEP_BITS,
    inputs,
    boundaries,
    tamper,
  });
  return { trace, counts };
}

function counted(machine: Machine, counts: Counts): Machine {
  return new Proxy(machine, {
    get(target, name: keyof Machine): unknown {
      if (name === "snapshot") counts.snapshots++;
      if (name === "restore") counts.restores++;
      const value: unknown = Reflect.get(target, name);
      if (name === "run") return (steps: number) => tally(target.run(steps), counts);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function tally(steps: number, counts: Counts): number {
  counts.steps += steps;
  return steps;
}

function spaced(start: bigint, stride: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => start + BigInt(index + 1) * stride);
}

describe("a machine's trace", function () {
  this.timeout(30_000);

  it("gives 4,096 states in one run forward, and keeps few snapshots of it", async () => {
    const { trace, counts } = traceOf();
    const steps = (await trace.stepsIn(0)) - 1n;
    counts.steps = counts.snapshots = counts.restores = 0;
    await trace.stateHashes(spaced(0n, END / 4096n, 4096));
    expect(counts.steps).to.equal(Number(steps));
    expect(counts.snapshots).to.equal(16);
    expect(counts.restores).to.equal(1);
  });

  it("executes little of a long history again for the one within a stride of it", async () => {
    const { trace, counts } = traceOf();
    await trace.stateHashes(spaced(0n, 16n, 4096));
    counts.steps = 0;
    await trace.stateHashes(spaced(16n * 1000n, 1n, 16));
    expect(counts.steps).to.be.within(16, 256 * 16 + 16);
  });

  it("is the same whatever it was asked for before, though it was falsified", async () => {
    const tamper = flipBit({ position: 7_001n, target: "memory", seed: 3 });
    const all = await traceOf(tamper).trace.stateHashes(spaced(-1n, 1n, 20_000));
    const { trace } = traceOf(tamper);
    const position = fc.oneof(fc.integer({ min: 6_990, max: 7_010 }), fc.integer({ min: 0, max: 19_999 }));
    const question = fc.record({ position, kind: fc.constantFrom("state", "step", "steps", "history") });
    const property = fc.asyncProperty(fc.array(question, { minLength: 1, maxLength: 8 }), async (questions) => {
      for (const { position: at, kind } of questions) await ask(trace, kind, at, all);
    });
    await fc.assert(property, { seed: 7, numRuns: 60 });
  });
});

async function ask(trace: MachineTrace, kind: string, at: number, all: readonly Hex[]): Promise<void> {
  if (kind === "state") {
    expect(hashMachineState(await trace.state(BigInt(at)))).to.equal(all[at]);
  } else if (kind === "step") {
    expect(hashMachineState((await trace.proveStep(BigInt(at))).before)).to.equal(all[at]);
  } else if (kind === "steps") {
    await trace.stepsIn(0);
  } else {
    const positions = spaced(BigInt(at) - 1n, 1n, Math.min(100, all.length - at));
    expect(await trace.stateHashes(positions)).to.deep.equal(all.slice(at, at + 100));
  }
}
