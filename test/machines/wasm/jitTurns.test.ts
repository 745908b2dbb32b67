import { setImmediate } from "node:timers/promises";

import { expect } from "chai";

import { loadWasmProgram, type WasmProgram } from "../../../plugin/machines/wasm/index.js";
import type { V8Call } from "../../../plugin/machines/wasm/jit/v8Call.js";
import { V8Engine, type V8Limits } from "../../../plugin/machines/wasm/jit/v8Engine.js";
import { readCorpus } from "../../fuzz/corpus.js";
import { Random } from "../../fuzz/random.js";
import { IMPORTS, inputOf, program } from "./guest.js";

/** Pauses after so many steps, however short they took. */
const every = (slice: number): V8Limits => ({ slice, turn: -1, giveUp: 1_000, pauses: true });

const CANNOT_PAUSE: V8Limits = { slice: 1_000, turn: -1, giveUp: 20, pauses: false };

/** Writes the numbers from 1 on, without an end. */
const ENDLESS = `(memory 1) (func (export "handle") (local i32)
  (loop $again (i32.store (i32.const 64) (local.tee 0 (i32.add (local.get 0) (i32.const 1)))) (br $again)))`;

/** A call of the handler, whose changes are taken back if it traps. */
function handling({ handler }: WasmProgram, maxSteps: number): V8Call {
  return { layout: handler, args: [], maxSteps, input: inputOf(new Uint8Array(64)), keepTrapped: false };
}

describe("a whole input on V8 while others have their turns", function () {
  this.timeout(120_000);

  const canPause = WebAssembly.promising !== undefined;
  // Node.js 22 cannot.
  const itPauses = canPause ? it : it.skip;

  itPauses("ends as it does without pauses: results, traps, steps, memory and globals", async () => {
    const total = { calls: 0, trapped: 0, stopped: 0, turns: 0 };
    const turn = (): Promise<void> => Promise.resolve(void total.turns++);
    const modules = (["integers", "floats"] as const).flatMap((kind) =>
      readCorpus(kind).filter((_, index) => index % 8 === 0),
    );
    for (const { seed, module } of modules) {
      const program = loadWasmProgram(module);
      const [machine, other] = [program.start(), program.start()];
      const [unpaused, paused] = [new V8Engine(program, {}), new V8Engine(program, {}, every(100))];
      const random = new Random(seed);
      for (const name of program.lowered.module.exports.functions.keys()) {
        const layout = program.exported(name)!;
        const args = layout.type.parameters.map(() => random.value());
        const maxSteps = random.below(2) === 0 ? 2_000_000 : random.below(1_000);
        const call = { layout, args, maxSteps, input: undefined, keepTrapped: true };
        const expected = unpaused.run(machine.registers, call);
        expect(await paused.runInTurns(other.registers, call, turn), `seed ${seed}: ${name}`).to.deep.equal(expected);
        total.calls++;
        if (expected?.kind === "trapped") total.trapped++;
        if (expected?.kind === "out-of-steps") total.stopped++;
      }
      expect(other.state(), `seed ${seed}`).to.deep.equal(machine.state());
    }
    expect(total.calls).to.be.greaterThan(2_000);
    expect(Math.min(total.trapped, total.stopped)).to.be.greaterThan(100);
    expect(total.turns).to.be.greaterThan(5_000);
  });

  itPauses("stops at its budget, wherever it paused before", async () => {
    const endless = program(ENDLESS);
    const machine = endless.start();
    const before = machine.stateHash();
    const engine = new V8Engine(endless, {}, every(64));
    for (let maxSteps = 1; maxSteps < 300; maxSteps += 7) {
      let turns = 0;
      const turn = (): Promise<void> => Promise.resolve(void turns++);
      expect(await engine.runInTurns(machine.registers, handling(endless, maxSteps), turn)).to.deep.equal({
        kind: "out-of-steps",
      });
      expect(turns).to.be.within(Math.floor(maxSteps / 80), Math.ceil(maxSteps / 64));
      expect(machine.stateHash()).to.equal(before);
    }
  });

  itPauses(
    "pauses as soon as the time is over in what calls the host or grows memory, however few its steps",
    async () => {
      for (const slow of [
        "(call $keccak256 (i32.const 0) (i32.const 256) (i32.const 256))",
        "(drop (memory.grow (i32.const 0)))",
      ]) {
        const calling = program(`${IMPORTS} (memory 1) (func (export "handle") (local i32)
        (loop $again ${slow} (br_if $again (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 50)))))`);
        let turns = 0;
        const engine = new V8Engine(calling, {}, { ...every(2 ** 22), turn: 0 });
        const turn = (): Promise<void> => Promise.resolve(void turns++);
        const run = await engine.runInTurns(calling.start().registers, handling(calling, 1_000_000), turn);
        expect(run).to.deep.equal(engine.run(calling.start().registers, handling(calling, 1_000_000)));
        expect(turns).to.be.greaterThan(25);
      }
    },
  );

  itPauses("takes nothing over when a turn or the host throws, and runs the next input", async () => {
    const endless = program(ENDLESS);
    const machine = endless.start();
    const before = machine.stateHash();
    const engine = new V8Engine(endless, {}, every(100));
    const failing = engine.runInTurns(machine.registers, handling(endless, 1_000), () =>
      Promise.reject(new Error("no more")),
    );
    expect(await failing.catch((error: Error) => error.message)).to.equal("no more");
    expect(machine.stateHash()).to.equal(before);
    const run = await engine.runInTurns(machine.registers, handling(endless, 1_000), () => setImmediate());
    expect(run).to.deep.equal({ kind: "out-of-steps" });
  });

  itPauses("leaves to the stepper what is too deep for the stack that V8 has for such calls", async () => {
    const deep = program(`(memory 1) (func $down (param i32)
      (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))))) (func (export "handle") (call $down (i32.const 1000000)))`);
    const machine = deep.start();
    machine.deliver(inputOf(new Uint8Array(), { budget: 10_000_000n }));
    expect(await machine.runWholeInTurns(() => setImmediate())).to.equal(undefined);
    expect(machine.run(10_000_000)).to.be.greaterThan(1_000);
    expect(machine.trapCause).to.equal("stack exhausted");
  });

  it("gives up, and has done nothing, where nothing can pause and it takes long", async () => {
    const endless = program(ENDLESS);
    const machine = endless.start();
    const before = machine.stateHash();
    const engine = new V8Engine(endless, {}, CANNOT_PAUSE);
    const start = performance.now();
    const turn = (): Promise<void> => Promise.reject(new Error("nothing pauses here"));
    expect(await engine.runInTurns(machine.registers, handling(endless, 2 ** 40), turn)).to.equal(undefined);
    expect(performance.now() - start).to.be.at.least(20);
    expect(machine.stateHash()).to.equal(before);
    expect(await engine.runInTurns(machine.registers, handling(endless, 50_000), turn)).to.deep.equal({
      kind: "out-of-steps",
    });
  });
});
