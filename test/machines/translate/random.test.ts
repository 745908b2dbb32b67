import { expect } from "chai";

import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { Random } from "../wasm/twins.js";
import { compareEngines } from "./compare.js";
import { mipsPrograms } from "./mipsPrograms.js";
import { riscvPrograms } from "./riscvPrograms.js";

const PROGRAMS = 20;
const POSITIONS = 4;

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
});
