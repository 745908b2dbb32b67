import type { NetworkConnection } from "hardhat/types/network";

import { advanceTo } from "./clock.js";
import type { Challenger } from "./node/challenger.js";
import type { RollupNode } from "./node/node.js";
import type { Validator } from "./node/validator.js";

/**
 * Lets a challenger work until nothing is left to do, moving a development network's clock to where it next has something to do.
 * @throws {RollupError} `CLOCK_FIXED` on other networks.
 */
export async function watchAdvancing(challenger: Challenger, connection: NetworkConnection): Promise<void> {
  for (;;) {
    const round = await challenger.once();
    if (round.settled) return;
    if (round.actions.length === 0 && round.wakeAt !== undefined) await advanceTo(connection, round.wakeAt);
  }
}

/**
 * Confirms what a validator believes, moving a development network's clock over the windows that it waits for.
 * @throws {RollupError} `CLOCK_FIXED` on other networks.
 */
export async function confirmAdvancing(
  validator: Validator,
  connection: NetworkConnection,
): Promise<Awaited<ReturnType<Validator["confirm"]>>> {
  const confirmed = await validator.confirm();
  for (;;) {
    const end = await nextWindowEnd(validator.node);
    if (end === undefined) return confirmed;
    await advanceTo(connection, end);
    confirmed.push(...(await validator.confirm()));
  }
}

/**
 * When a window ends next after which a true assertion may be final, in seconds; undefined if none waits, or if all its windows have
 * ended and it waits for a dispute.
 */
export async function nextWindowEnd(node: RollupNode): Promise<bigint | undefined> {
  await node.sync();
  const now = await node.chain.now();
  for (const child of node.assertions.confirmed.children) {
    if (child.status !== "pending" || !(await node.truth.believes(child))) continue;
    const ends = node.chain.parameters.windows.map((window) => child.createdAt + window);
    return ends.find((end) => end > now);
  }
  return undefined;
}
