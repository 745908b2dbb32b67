import { expect } from "chai";
import fc from "fast-check";

import type { Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import type { Machine, Program } from "../../plugin/machines/machine.js";
import { Executor } from "../../plugin/node/executor.js";
import type { Tamper } from "../../plugin/node/machineTrace.js";
import { flipBit } from "../../plugin/testing/tamper.js";
import { LOOP, loops, programOf } from "../helpers/chains.js";
import { inputOf } from "../helpers/inputs.js";

const STEP_BITS = 7;
const WINDOW = 2 ** STEP_BITS;

/** Every state of a machine at every position, one step after the other. */
function allStates(program: Program, inputs: readonly Input[], windows: number, tamper?: Tamper): Hex[] {
  const machine = program.start();
  const hashes: Hex[] = [];
  for (let position = 0; position < windows * WINDOW; position++) {
    hashes.push(machine.stateHash());
    const step = (): void => stepOnce(machine, position % WINDOW === 0 ? inputs[position / WINDOW] : undefined);
    if (tamper?.position === BigInt(position)) tamper.apply(machine, step);
    else step();
  }
  hashes.push(machine.stateHash());
  return hashes;
}

function stepOnce(machine: Machine, input: Input | undefined): void {
  if (machine.waiting && input !== undefined) machine.deliver(input);
  else machine.run(1);
}

/** Inputs that return, trap, reject and run out of budget. */
const MIXED = programOf(`
  (module
    (import "rollup" "input_word" (func $input (param i32 i32)))
    (import "rollup" "reject" (func $reject))
    (memory 1 1)
    (func (export "handle") (local $left i32)
      (call $input (i32.const 8) (i32.const 64))
      (local.set $left (i32.load (i32.const 64)))
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get $left)))
      (if (i32.eq (local.get $left) (i32.const 1)) (then (unreachable)))
      (if (i32.eq (local.get $left) (i32.const 2)) (then (call $reject)))
      (loop $again (br_if $again (i32.eq (local.get $left) (i32.const 3))))))`);

/** How many turns a timer gets while some work is done. A machine that is busy with other things gives it no fewer. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return turns;
}

describe("an executor", () => {
  const inputs = [5, 1, 2, 3, 7].map((value, number) =>
    inputOf({ data: loops(value), budget: BigInt(WINDOW - 20), number: BigInt(number) }),
  );
  const windows = 8;
  const truth = allStates(MIXED, inputs, windows);
  const last = BigInt(windows * WINDOW);

  async function executor(): Promise<Executor> {
    const executor = new Executor(MIXED, STEP_BITS);
    await executor.append(inputs);
    return executor;
  }

  it("knows the state at every position that a machine comes to step by step", async () => {
    const trace = (await executor()).trace(0n, 5n);
    const positions = truth.map((_, position) => BigInt(position));
    expect(await trace.stateHashes(positions)).to.deep.equal(truth);
  });

  it("gives the same states in whatever order and however often it is asked", async () => {
    const trace = (await executor()).trace(0n, 5n);
    const property = fc.asyncProperty(
      fc.array(fc.bigInt(0n, last), { minLength: 1, maxLength: 9 }),
      async (positions) => {
        expect(await trace.stateHashes(positions)).to.deep.equal(positions.map((at) => truth[Number(at)]));
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 100 });
  });

  it("counts an assertion's positions from its first input", async () => {
    const trace = (await executor()).trace(2n, 4n);
    const positions = [0n, 1n, 17n, BigInt(WINDOW), BigInt(2 * WINDOW)];
    const expected = positions.map((position) => truth[Number(position) + 2 * WINDOW]);
    expect(await trace.stateHashes(positions)).to.deep.equal(expected);
  });

  it("stays at the last state however far it is asked beyond the inputs", async () => {
    const trace = new Executor(LOOP, 36);
    await trace.append([inputOf({ data: loops(3) })]);
    const [end, far] = await trace.trace(0n, 1n).stateHashes([1n << 36n, 1n << 48n]);
    expect(far).to.equal(end).and.equal(trace.boundary(1n)?.hash);
  });

  it("tells how each input ended and what it took", async () => {
    const ran = (await executor()).executed();
    expect(ran.map(({ outcome }) => outcome)).to.deep.equal([
      "returned",
      "trapped",
      "rejected",
      "out-of-budget",
      "returned",
    ]);
    expect(ran[3].steps).to.equal(BigInt(WINDOW - 20) + 1n);
  });

  it("comes to the same boundaries with whole inputs on V8 as step by step", async () => {
    const stepped = new Executor(MIXED, STEP_BITS, undefined, "steps");
    await stepped.append(inputs);
    const whole = await executor();
    expect(whole.executed()).to.deep.equal(stepped.executed());
    for (let end = 0n; end <= 5n; end++) expect(whole.boundary(end)?.state).to.deep.equal(stepped.boundary(end)?.state);
  });

  for (const engine of ["whole", "steps"] as const) {
    it(`lets others run while an input takes long: ${engine === "whole" ? "whole on V8" : "step by step"}`, async () => {
      const busy = programOf(`
        (module
          (import "rollup" "input_word" (func $input (param i32 i32)))
          (import "rollup" "ecrecover" (func $recover (param i32 i32)))
          (memory 1 1)
          (func (export "handle")
            (call $input (i32.const 8) (i32.const 512))
            (i64.store8 offset=63 (i32.const 0) (i64.const 27))
            (i64.store8 offset=95 (i32.const 0) (i64.const 1))
            (i64.store8 offset=127 (i32.const 0) (i64.const 1))
            (loop $again
              (if (i32.load (i32.const 512)) (then (call $recover (i32.const 0) (i32.const 0))))
              (br $again))))`);
      const executor = new Executor(busy, 36, undefined, engine);
      const [computing, calling] = engine === "whole" ? [2n ** 30n, 200_000n] : [2n ** 27n, 200_000n];
      const long = [
        inputOf({ data: loops(0), budget: computing, number: 0n }),
        inputOf({ data: loops(1), budget: calling, number: 1n }),
      ];
      const turns: number[] = [];
      for (const input of long) turns.push(await turnsDuring(() => executor.append([input])));
      expect(executor.executed().map(({ outcome }) => outcome)).to.deep.equal(["out-of-budget", "out-of-budget"]);
      // Each takes half a second at the least, and yields ten times in it or more.
      expect(Math.min(...turns), turns.join()).to.be.at.least(4);
    }).timeout(120_000);
  }

  it("refuses inputs that do not follow", async () => {
    const executor = new Executor(MIXED, STEP_BITS);
    const error = await executor.append(inputs.slice(1)).then(
      () => undefined,
      (thrown: { code: string }) => thrown.code,
    );
    expect(error).to.equal("INPUT_OUT_OF_ORDER");
  });

  it("falsifies one step and goes on truly from there", async () => {
    const built = await executor();
    const positions = truth.map((_, position) => BigInt(position));
    for (const at of [3n, 20n, BigInt(4 * WINDOW + 9), BigInt(WINDOW - 1), BigInt(6 * WINDOW)]) {
      const tamper = flipBit({ position: at, target: "memory", seed: 12345 });
      const trace = built.tamperedTrace(0n, 5n, tamper);
      const states = await trace.stateHashes(positions);
      expect(states).to.deep.equal(allStates(MIXED, inputs, windows, tamper));
      expect(states.slice(0, Number(at) + 1)).to.deep.equal(truth.slice(0, Number(at) + 1));
      expect(states[Number(at) + 1]).not.to.equal(truth[Number(at) + 1]);
    }
  });

  it("proves steps with the state before, the state after and the input they belong to", async () => {
    const trace = (await executor()).trace(0n, 5n);
    const delivery = await trace.proveStep(BigInt(2 * WINDOW));
    expect(delivery.description.kind).to.equal("deliver");
    expect(delivery.header?.number).to.equal(2n);
    expect(delivery.after.inputCount).to.equal(3n);
    const idle = await trace.proveStep(BigInt(5 * WINDOW));
    expect(idle.witness.length).to.equal(0);
    expect(idle.context.inputHash).to.equal(`0x${"00".repeat(32)}`);
    expect(idle.after).to.deep.equal(idle.before);
  });
});
