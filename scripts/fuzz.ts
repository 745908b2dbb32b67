import { parseArgs } from "node:util";

import { canonicalizeNaNs } from "../test/fuzz/canonicalNaNs.js";
import { compareEngines } from "../test/fuzz/compare.js";
import { generateModule } from "../test/fuzz/generate.js";
import { INTEGERS } from "../test/fuzz/integerize.js";
import { FLOATS } from "../test/fuzz/keepFloats.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const [seconds, firstSeed] = [Number(values.seconds), Number(values.seed ?? Date.now() % 2 ** 31)];
if (!(seconds > 0) || !Number.isInteger(firstSeed)) throw new Error("usage: npm run fuzz -- --seconds N --seed S");

const end = Date.now() + seconds * 1000;
const total = { modules: 0, calls: 0, traps: 0, steps: 0, exhausted: 0 };
for (let seed = firstSeed; Date.now() < end; seed++) {
  for (const dialect of [INTEGERS, FLOATS]) {
    const module = generateModule(seed, dialect);
    if (module === undefined) continue;
    const native = dialect === FLOATS ? canonicalizeNaNs(module) : module;
    const { calls, traps, steps, exhausted } = compareEngines(module, seed, native);
    total.modules++;
    total.calls += calls;
    total.traps += traps;
    total.steps += steps;
    total.exhausted += exhausted;
  }
}
console.log(
  `seeds ${firstSeed} on: ${total.modules} modules, ${total.calls} calls (${total.traps} trapped), ${total.steps} steps: V8 and the machine agree`,
);
if (total.exhausted > 0) console.log(`${total.exhausted} modules were left early, since an engine ran out of stack`);
