/** Makes a committed corpus of generated programs anew: `node --import tsx/esm scripts/makeCorpus.ts [integers|floats|references] [first seed] [count]`. */
import { compareEngines } from "../test/fuzz/compare.js";
import { writeCorpus, type CorpusEntry } from "../test/fuzz/corpus.js";
import { generateModule, KINDS, nativeModule } from "../test/fuzz/generate.js";

const kind = KINDS.find((name) => name === process.argv[2]) ?? "integers";
const [first, count] = [Number(process.argv[3] ?? 1), Number(process.argv[4] ?? 520)];

/** Modules on which nothing happens teach nothing. */
const MIN_STEPS = 1000;

const entries: CorpusEntry[] = [];
for (let seed = first; entries.length < count; seed++) {
  const module = generateModule(seed, kind);
  if (module === undefined) continue;
  const { steps } = compareEngines(module, seed, nativeModule(module, kind));
  if (steps < MIN_STEPS) continue;
  entries.push({ seed, module });
  if (entries.length % 20 === 0) {
    console.log(`${entries.length} of ${count}, seed ${seed}`);
    writeCorpus(kind, entries);
  }
}
writeCorpus(kind, entries);
