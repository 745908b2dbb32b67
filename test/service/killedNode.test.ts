import { expect } from "chai";

import { findingsOf } from "./kills/findings.js";
import { NO_KILLS, type KillPlan, type Target } from "./kills/killPlan.js";
import { playDay } from "./kills/scriptedDay.js";

/** Every point once, at occurrences that are spread over the day; `npm run kills` has the others. */
const TARGETS: readonly Target[] = Object.entries({
  "service.opened": 1,
  "service.listening": 2,
  "input.known": 2,
  "input.executed": 3,
  "transactions.gathered": 3,
  "transactions.accepted": 5,
  "batch.made": 1,
  "batch.assigned": 3,
  "batch.posted": 2,
  "assertion.due": 2,
  "assertion.made": 1,
  "challenger.round": 12,
  "challenger.done": 16,
  "transaction.decided": 4,
  "transaction.prepared": 8,
  "transaction.signed": 12,
  "transaction.broadcast": 16,
  "transaction.sent": 15,
  "transaction.mined": 11,
  "transaction.recorded": 18,
  "transaction.final": 2,
}).map(([point, occurrence]) => ({ point, occurrence }));

/** While it starts, while it catches up, and while it was asked to stop. */
const INSTANTS = [{ after: 400 }, null, null, { after: 2_600 }, null, null, null, { after: 4_000, leaving: 40 }];

const PLAN: KillPlan = { targets: TARGETS, instants: INSTANTS };
const PATIENCE = 600_000;

describe("a node that is killed, at every named point and whenever", function () {
  this.timeout(2 * PATIENCE);

  it("ends a day with a dispute as one that was never killed: nothing is lost, done twice or answered late", async () => {
    const [untouched, killed] = await Promise.all([NO_KILLS, PLAN].map((plan) => playDay("calldata", plan, PATIENCE)));
    expect(findingsOf(untouched.end, untouched.end)).to.deep.equal([]);
    expect(findingsOf(killed.end, untouched.end)).to.deep.equal([]);
    const killedAt = killed.kills.flatMap((kill) => ("target" in kill ? [kill.target.point] : []));
    expect(killedAt).to.include.members(TARGETS.map(({ point }) => point));
    expect(new Set(untouched.points)).to.deep.equal(new Set(TARGETS.map(({ point }) => point)));
  });
});
