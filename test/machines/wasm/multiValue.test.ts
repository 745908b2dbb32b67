import { expect } from "chai";

import { loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { V8Engine } from "../../../plugin/machines/wasm/jit/v8Engine.js";
import { compareEngines } from "../../fuzz/compare.js";
import { Random } from "../../fuzz/random.js";
import { multiValueModule } from "./multiValuePrograms.js";

const MODULES = 300;
const MAX_STEPS = 1_000_000;

describe("functions and blocks with several parameters and results", function () {
  this.timeout(120_000);

  it("give what they give on V8", () => {
    const total = { calls: 0, traps: 0 };
    for (let seed = 0; seed < MODULES; seed++) {
      const { calls, traps, exhausted } = compareEngines(multiValueModule(new Random(seed)), seed);
      expect(exhausted).to.equal(0);
      total.calls += calls;
      total.traps += traps;
    }
    expect(total.traps).to.be.within(1, total.calls / 2);
  });

  it("take as many steps whole as step by step", () => {
    for (let seed = 0; seed < MODULES; seed++) {
      const program = loadWasmProgram(multiValueModule(new Random(seed)));
      const [machine, other] = [program.start(), program.start()];
      const engine = new V8Engine(program, {});
      const random = new Random(seed);
      for (const name of program.lowered.module.exports.functions.keys()) {
        const layout = program.exported(name)!;
        const args = layout.type.parameters.map(() => random.value());
        const end = machine.invoke(name, args, MAX_STEPS);
        const call = { layout, args, maxSteps: MAX_STEPS, input: undefined, keepTrapped: true };
        const run = engine.run(other.registers, call)!;
        expect(run.kind, `seed ${seed}: ${name}`).to.equal(end.kind);
        if (run.kind !== "out-of-steps") expect(run.steps, `seed ${seed}: ${name}`).to.equal(end.steps);
        if (run.kind === "returned" && end.kind === "returned") expect(run.results).to.deep.equal(end.results);
        expect(other.stateHash()).to.equal(machine.stateHash());
      }
    }
  });
});
