/** Kills a node hundreds of times, at every named point and whenever, and compares its days' ends with those of one that is not killed. */
import { parseArgs } from "node:util";

import { formatJson } from "../plugin/console/format.js";
import { fightCampaign } from "../test/service/kills/campaign.js";
import type { KillPlan } from "../test/service/kills/killPlan.js";
import { DAY_KINDS } from "../test/service/kills/scriptedDay.js";
import { tellSince } from "./tellSince.js";

const USAGE = `usage: npm run kills -- --kills 300 --seed 1 [--days ${DAY_KINDS.join(",")}] [--each 25] [--plan '{...}'] [--json]`;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    days: { type: "string", default: DAY_KINDS.join(",") },
    each: { type: "string", default: "25" },
    plan: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [kills, seed, killsADay] = [values.kills, values.seed, values.each].map(Number);
const kinds = DAY_KINDS.filter((kind) => values.days.split(",").includes(kind));
if (!(kills > 0) || !Number.isInteger(seed) || !(killsADay > 0) || kinds.length === 0) throw new Error(USAGE);

const onProgress = tellSince();
onProgress(`seed ${seed}`);
const plan = values.plan === undefined ? undefined : (JSON.parse(values.plan) as KillPlan);
const report = await fightCampaign({ kills, seed, kinds, killsADay, plan, onProgress });
if (values.json) process.stdout.write(`${formatJson(report)}\n`);
else {
  const { points, instants, badDays, days, slowestAnswer, shortestClock, transactions, seconds } = report;
  const played = Object.entries(days).map(([kind, count]) => `${count} with ${kind}`);
  console.log(
    `${report.kills} kills in ${seconds} s, on ${played.join(", ") || "no"} days; ${transactions} transactions sent`,
  );
  for (const [point, at] of Object.entries(points)) {
    console.log(`  ${point.padEnd(24)} ${String(at.kills).padStart(4)} kills, at ${at.occurrences} of its occurrences`);
  }
  console.log(
    `  whenever                 ${String(instants.kills).padStart(4)} kills, ${instants.starting} while it started, ${instants.leaving} while it was to stop`,
  );
  console.log(`false words were answered within ${slowestAnswer} s; the shortest clock had ${shortestClock} s`);
  for (const { kind, plan: bad, findings } of badDays) {
    console.log(`--days ${kind} --plan '${JSON.stringify(bad)}'`);
    for (const { what, expected, found } of findings) console.log(`  ${what}: expected ${expected}, found ${found}`);
  }
}
process.exit(report.badDays.length === 0 ? 0 : 1);
