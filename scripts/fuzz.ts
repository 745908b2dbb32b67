import { parseArgs } from "node:util";

import { compareEngines } from "../test/fuzz/compare.js";
import { generateModule } from "../test/fuzz/generate.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const [seconds, firstSeed] = [Number(values.seconds), Number(values.seed ?? Date.now() % 2 ** 31)];
if (!(seconds > 0) || !Number.isInteger(firstSeed)) throw new Error("usage: npm run fuzz -- --seconds N --seed S");

const end = Date.now() + seconds * 1000;
const total = { modules: 0, calls: 0, traps: 0, steps: 0, exhausted: 0 };
for (let seed = firstSeed; Date.now() < end; seed++) {
  const module = generateModule(seed);
  if (module === undefined) continue;
  const { calls, traps, steps, exhausted } = compareEngines(module, seed);
  total.modules++;
  total.calls += calls;
  total.traps += traps;
  total.steps += steps;
  total.exhausted += exhausted;
}
console.log(
  `seeds ${firstSeed} on: ${total.modules} modules, ${total.calls} calls (${total.traps} trapped), ${total.steps} steps: V8 and the machine agree`,
);
if (total.exhausted > 0) console.log(`${total.exhausted} modules were left early, since an engine ran out of stack`);
