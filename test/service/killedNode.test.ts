import { expect } from "chai";

import { Project } from "../tasks/project.js";
import { ScriptedDay, type DayEnd, type Kill } from "./scriptedDay.js";

/** Some of every kind; the soak has them all, and hundreds of other instants. */
const KILLS: readonly Kill[] = [
  { at: "batch.assigned", after: 20_000 },
  { at: "transaction.prepared", after: 3_000 },
  { after: 700 },
  { at: "challenger.round:3", after: 3_000 },
];

async function play(kills: readonly Kill[]): Promise<{ readonly end: DayEnd; readonly killed: readonly string[] }> {
  const project = await Project.create();
  try {
    const day = await ScriptedDay.begin(project, kills);
    return { end: await day.play(), killed: day.killed };
  } finally {
    await project.close();
  }
}

describe("a node that is killed, at named points and whenever", function () {
  this.timeout(600_000);

  it("ends a day with a dispute as one that was never killed: nothing is lost, done twice or answered late", async () => {
    const never = await play([]);
    const often = await play(KILLS);
    // The last one that is killed is the one that runs when the day is over.
    expect(often.killed).to.have.length.above(1);
    expect(often.killed).to.include("batch.assigned");
    for (const { end } of [never, often]) {
      expect(end.occurrences).to.satisfy((times: number[]) => times.every((time) => time === 1));
      expect(end.assertions).to.satisfy((times: number[]) => times.every((time) => time === 1));
      expect(end.claims).to.satisfy((times: number[]) => times.every((time) => time === 1));
      expect(end.claims).not.to.have.length(0);
      expect(end).to.deep.include({ owed: 0n, bound: 0, lie: "countered" });
    }
    expect(often.end).to.deep.include({ balances: never.end.balances, nonces: never.end.nonces });
  });
});
