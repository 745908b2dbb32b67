/** Runs a chain for minutes among kills, reorganizations and faults; `--minutes 10 --seed 1 --layer anvil`. */
import { parseArgs } from "node:util";

import { formatJson } from "../plugin/console/format.js";
import { LAYERS } from "../test/soak/settlementLayer.js";
import { soak } from "../test/soak/soak.js";

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
const started = Date.now();
const say = (line: string): void => {
  process.stderr.write(`${((Date.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`);
};

say(`seed ${values.seed}`);
const report = await soak({
  seconds: Number(values.minutes) * 60,
  seed: Number(values.seed),
  layer,
  users: 5,
  patience: 900,
  onProgress: say,
});
process.stdout.write(`${formatJson(report)}\n`);
process.exit(report.findings.length === 0 ? 0 : 1);
