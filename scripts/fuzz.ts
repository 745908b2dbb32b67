import { parseArgs } from "node:util";

import { addComparison, compareEngines, noComparison } from "../test/fuzz/compare.js";
import { generateModule, KINDS, nativeModule } from "../test/fuzz/generate.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const [seconds, firstSeed] = [Number(values.seconds), Number(values.seed ?? Date.now() % 2 ** 31)];
if (!(seconds > 0) || !Number.isInteger(firstSeed)) throw new Error("usage: npm run fuzz -- --seconds N --seed S");

const end = Date.now() + seconds * 1000;
const total = noComparison();
let modules = 0;
for (let seed = firstSeed; Date.now() < end; seed++) {
  for (const kind of KINDS) {
    const module = generateModule(seed, kind);
    if (module === undefined) continue;
    addComparison(total, compareEngines(module, seed, nativeModule(module, kind)));
    modules++;
  }
}
const { calls, traps, steps, stopped, left, exhausted } = total;
console.log(
  `seeds ${firstSeed} on: ${modules} modules, ${calls} calls (${traps} trapped), ${steps} steps, ${stopped} budgets used up: V8, the stepper and whole inputs agree`,
);
if (left > 0) console.log(`${left} calls were left to the stepper, since V8 ran out of stack`);
if (exhausted > 0)
  console.log(`${exhausted} modules were left early, since the original or the machine ran out of stack`);
