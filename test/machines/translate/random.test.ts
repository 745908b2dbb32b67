import { expect } from "chai";

import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { Random } from "../wasm/twins.js";
import { KINDS } from "../../fuzz/generate.js";
import { readCorpus } from "../../fuzz/corpus.js";
import { compareEngines } from "./compare.js";
import { compareWasm } from "./compareWasm.js";
import { mipsPrograms } from "./mipsPrograms.js";
import { riscvPrograms } from "./riscvPrograms.js";

const PROGRAMS = 20;
const POSITIONS = 4;
/** Of each kind. */
const MODULES = 6;

const GENERATORS: Readonly<Record<string, (random: Random) => RegisterProgram>> = {
  "RISC-V": riscvPrograms,
  MIPS: mipsPrograms,
};

describe("Translated code", function () {
  this.timeout(120_000);

  for (const [name, generate] of Object.entries(GENERATORS)) {
    it(`of random ${name} programs has the stepper's registers, memory and changed pages at any position`, () => {
      let [steps, translated, trapped] = [0, 0, 0];
      for (let seed = 1; seed <= PROGRAMS; seed++) {
        const random = new Random(seed);
        const compared = compareEngines(generate(random), random, POSITIONS, `seed ${seed}`);
        steps += compared.steps;
        translated += compared.translated;
        if (compared.trapped) trapped++;
      }
      expect(trapped).to.be.below(PROGRAMS / 2);
      expect(steps).to.be.above(PROGRAMS * 5_000);
      expect(translated).to.be.above(steps / 2);
    });
  }

  it("of generated modules has the flat machine's memory, stack, globals and tables at any position", () => {
    let [steps, translated] = [0, 0];
    for (const kind of KINDS) {
      for (const { seed, module } of readCorpus(kind).slice(100, 100 + MODULES)) {
        const compared = compareWasm(module, new Random(seed), `${kind} ${seed}`);
        steps += compared.steps;
        translated += compared.translated;
      }
    }
    expect(translated).to.be.above(steps / 2);
  });
});
