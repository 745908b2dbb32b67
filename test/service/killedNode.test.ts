import { expect } from "chai";

import { findingsOf } from "./kills/findings.js";
import { NO_KILLS, type KillPlan, type Target } from "./kills/killPlan.js";
import { playDay } from "./kills/scriptedDay.js";

/** Every point once, at occurrences that are spread over the day; `npm run kills` has the others. */
const TARGETS: readonly Target[] = Object.entries({
  "service.opened": 1,
  "service.listening": 1,
  "input.known": 2,
  "input.executed": 2,
  "transactions.gathered": 3,
  "transactions.accepted": 5,
  "batch.made": 1,
  "batch.assigned": 1,
  "batch.posted": 1,
  "assertion.due": 1,
  "assertion.made": 1,
  "challenger.round": 8,
  "challenger.done": 10,
  "transaction.decided": 4,
  "transaction.prepared": 8,
  "transaction.signed": 12,
  "transaction.broadcast": 15,
  "transaction.sent": 13,
  "transaction.mined": 11,
  "transaction.recorded": 17,
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
    const points = TARGETS.map(({ point }) => point);
    expect([...new Set(untouched.points)]).to.have.members(points);
    const killedAt = killed.kills.flatMap((kill) => ("target" in kill ? [kill.target.point] : []));
    expect(killedAt).to.include.members(points);
  });
});
