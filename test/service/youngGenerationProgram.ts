import { setImmediate } from "node:timers/promises";

import { YoungGeneration } from "../../plugin/service/youngGeneration.js";

/** Leaves much behind, with what lives for a while in between, as requests do; says what the young generation takes of memory at most. */
async function litter(isRegulated: boolean): Promise<number> {
  const young = new YoungGeneration();
  if (!isRegulated) young.release();
  let most = 0;
  const alive: unknown[][] = [];
  for (let round = 0; round < 300; round++) {
    alive[round % 8] = Array.from({ length: 20_000 }, (_, item) => ({ item, of: [round, item] }));
    await setImmediate();
    most = Math.max(most, young.size);
  }
  return most;
}

process.send?.(await litter(process.argv[2] === "regulated"));
process.disconnect();
