/** Makes the committed corpus of generated programs anew: `node --import tsx/esm scripts/makeCorpus.ts [integers|floats] [first seed] [count]`. */
import { canonicalizeNaNs } from "../test/fuzz/canonicalNaNs.js";
import { compareEngines } from "../test/fuzz/compare.js";
import { writeCorpus, type CorpusEntry } from "../test/fuzz/corpus.js";
import { generateModule } from "../test/fuzz/generate.js";
import { INTEGERS } from "../test/fuzz/integerize.js";
import { FLOATS } from "../test/fuzz/keepFloats.js";

const kind = process.argv[2] === "floats" ? "floats" : "integers";
const [first, count] = [Number(process.argv[3] ?? 1), Number(process.argv[4] ?? 520)];

/** Modules on which nothing happens teach nothing. */
const MIN_STEPS = 1000;

const entries: CorpusEntry[] = [];
for (let seed = first; entries.length < count; seed++) {
  const module = generateModule(seed, kind === "floats" ? FLOATS : INTEGERS);
  if (module === undefined) continue;
  const { steps } = compareEngines(module, seed, kind === "floats" ? canonicalizeNaNs(module) : module);
  if (steps < MIN_STEPS) continue;
  entries.push({ seed, module });
  if (entries.length % 20 === 0) {
    console.log(`${entries.length} of ${count}, seed ${seed}`);
    writeCorpus(kind, entries);
  }
}
writeCorpus(kind, entries);
