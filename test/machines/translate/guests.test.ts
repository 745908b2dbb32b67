import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { buildGuest } from "../../../plugin/guests/build.js";
import { wordOf } from "../../../plugin/hex.js";
import type { Machine } from "../../../plugin/machines/machine.js";
import { loadMipsProgram } from "../../../plugin/machines/mips/index.js";
import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { loadRiscvProgram } from "../../../plugin/machines/riscv/index.js";
import type { Pace } from "../../../plugin/machines/translate/pacedRunner.js";
import { loadWasmProgram, type WasmMachine } from "../../../plugin/machines/wasm/index.js";
import { MACHINE_NAMES, MACHINES, type MachineName } from "../../../plugin/machineTable.js";
import { PACKAGE_ROOT } from "../../../plugin/packageRoot.js";
import { inputOf } from "../../helpers/inputs.js";
import { Random } from "../wasm/twins.js";
import { expectEqual } from "./compare.js";

const BENCH = join(PACKAGE_ROOT, "bench/guests");

/** The guests of the benches, and work for each that is some hundred thousand steps. */
const COMPUTING = { sha256: 60, quicksort: 3_000, sieve: 30_000, modpow: 30, dispatch: 20_000 };
const LOADERS = { riscv: loadRiscvProgram, mips: loadMipsProgram };
/** The registers of the first argument. */
const ARGUMENT = { riscv: 10, mips: 4 };

function paced(program: RegisterProgram, pace: Pace): RegisterMachine {
  const machine = program.load();
  machine.runner.pace = pace;
  return machine;
}

describe("Translated guests are where stepped ones are at any position", function () {
  this.timeout(120_000);

  for (const machine of ["riscv", "mips"] as const) {
    for (const [guest, work] of Object.entries(COMPUTING)) {
      it(`${guest} on ${machine}`, async () => {
        const random = new Random(work);
        const program = LOADERS[machine](await readFile(join(BENCH, `${guest}.${machine}.elf`)));
        const [ours, theirs] = [paced(program, "at once"), paced(program, "never")];
        for (const each of [ours, theirs]) each.registers[ARGUMENT[machine]] = work;
        for (let exit = 0, position = 0; exit === 0 && position < 12; position++) {
          const steps = random.below(40_000);
          const made = ours.advance(steps);
          expect(made).to.deep.equal(theirs.advance(steps));
          expectEqual(ours, theirs, `position ${position}`);
          exit = made.exit;
        }
        expect(ours.runner.translatedSteps).to.be.above(10_000);
      });
    }
  }

  for (const [guest, work] of Object.entries(COMPUTING)) {
    it(`${guest} on wasm comes to the same in as many steps`, async () => {
      const program = loadWasmProgram(await readFile(join(BENCH, `${guest}.wasm`)));
      const [ours, theirs] = [program.start(), program.start()];
      ours.runner.pace = "at once";
      theirs.runner.pace = "never";
      expect(ours.invoke("run", [BigInt(work)], 2 ** 40)).to.deep.equal(theirs.invoke("run", [BigInt(work)], 2 ** 40));
      expect(ours.stateHash()).to.equal(theirs.stateHash());
      expect(ours.runner.translatedSteps).to.be.above(10_000);
    });
  }

  async function start(name: MachineName, pace: Pace): Promise<Machine> {
    const load = await MACHINES[name].load();
    const machine = load(await buildGuest("orbit", { machine: name })).start() as RegisterMachine | WasmMachine;
    machine.runner.pace = pace;
    return machine;
  }

  for (const name of MACHINE_NAMES) {
    it(`orbit on ${name}, with inputs that it takes and rejects`, async () => {
      const random = new Random(7);
      const machines = [await start(name, "at once"), await start(name, "never")];
      for (const steps of [30n, 1001n, 3n]) {
        for (const machine of machines) machine.deliver(inputOf({ data: wordOf(steps) }));
        while (!machines[1].waiting) {
          const count = random.below(60_000);
          expect(machines[0].run(count)).to.equal(machines[1].run(count));
          expect(machines[0].state()).to.deep.equal(machines[1].state());
        }
        expect(machines[0].outcome).to.equal(machines[1].outcome);
      }
    });
  }
});
