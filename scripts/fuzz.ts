import { parseArgs } from "node:util";

import { addComparison, compareEngines, noComparison } from "../test/fuzz/compare.js";
import { generateModule, KINDS, nativeModule } from "../test/fuzz/generate.js";
import { compareEngines as compareTranslated } from "../test/machines/translate/compare.js";
import { compareWasm } from "../test/machines/translate/compareWasm.js";
import { mipsPrograms } from "../test/machines/translate/mipsPrograms.js";
import { riscvPrograms } from "../test/machines/translate/riscvPrograms.js";
import { Random } from "../test/machines/wasm/twins.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const [seconds, firstSeed] = [Number(values.seconds), Number(values.seed ?? Date.now() % 2 ** 31)];
if (!(seconds > 0) || !Number.isInteger(firstSeed)) throw new Error("usage: npm run fuzz -- --seconds N --seed S");

const end = Date.now() + seconds * 1000;
const total = noComparison();
let modules = 0;
let translated = 0;
/** Positions at which a machine with registers is compared. */
const POSITIONS = 5;
for (let seed = firstSeed; Date.now() < end; seed++) {
  for (const kind of KINDS) {
    const module = generateModule(seed, kind);
    if (module === undefined) continue;
    addComparison(total, compareEngines(module, seed, nativeModule(module, kind)));
    translated += compareWasm(module, new Random(seed), `${kind} ${seed}`).translated;
    modules++;
  }
  for (const generate of [riscvPrograms, mipsPrograms]) {
    const random = new Random(seed);
    translated += compareTranslated(generate(random), random, POSITIONS, `${generate.name} ${seed}`).translated;
  }
}
const { calls, traps, steps, stopped, left, exhausted } = total;
console.log(
  `seeds ${firstSeed} on: ${modules} modules, ${calls} calls (${traps} trapped), ${steps} steps, ${stopped} budgets used up: V8, the stepper and whole inputs agree`,
);
console.log(`${translated} steps of translated code on three machines, at any position as the stepper`);
if (left > 0) console.log(`${left} calls were left to the stepper, since V8 ran out of stack`);
if (exhausted > 0)
  console.log(`${exhausted} modules were left early, since the original or the machine ran out of stack`);
