/** Runs a chain for minutes among kills, reorganizations and faults; `--minutes 10 --seed 1 --layer anvil`. */
import { parseArgs } from "node:util";

import { formatJson } from "../plugin/console/format.js";
import { LAYERS } from "../test/soak/settlementLayer.js";
import { soak } from "../test/soak/soak.js";
import { tellSince } from "./tellSince.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    layer: { type: "string", default: "hardhat" },
  },
});
const layer = LAYERS.find((each) => each === values.layer);
if (layer === undefined) throw new Error(`--layer: expected ${LAYERS.join(" or ")}, given ${values.layer}`);
// What was started ends with this process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
const [minutes, seed] = [values.minutes, values.seed].map(Number);
if (!(minutes > 0)) throw new Error(`--minutes: expected a number above 0, given ${values.minutes}`);
if (!Number.isInteger(seed)) throw new Error(`--seed: expected a whole number, given ${values.seed}`);
const say = tellSince();
say(`seed ${values.seed}`);
const report = await soak({
  seconds: minutes * 60,
  seed,
  layer,
  users: 5,
  patience: 900,
  onProgress: say,
});
process.stdout.write(`${formatJson(report)}\n`);
process.exit(report.findings.length === 0 ? 0 : 1);
