import { expect } from "chai";

import { Exit } from "../../../plugin/machines/exit.js";
import type { Engine } from "../../../plugin/machines/translate/engine.js";
import { PacedRunner, type Pace } from "../../../plugin/machines/translate/pacedRunner.js";
import { canTranslate } from "../../../plugin/machines/translate/support.js";
import { Trap } from "../../../plugin/machines/traps.js";

/** A runner of a machine that steps for ever, with what it was asked to do. */
function runner(pace: Pace, makeEngine: () => Engine): { runner: PacedRunner; stepped: number[] } {
  const stepped: number[] = [];
  const made = new PacedRunner({
    result: { exit: Exit.steps, trap: Trap.none },
    step: (steps) => (stepped.push(steps), steps),
    stepsBefore: 100,
    makeEngine,
  });
  made.pace = pace;
  return { runner: made, stepped };
}

describe("When a machine is translated", () => {
  it("is once it has made some steps, at once, or never, as it is told", () => {
    const noRoom = (): never => {
      throw new RangeError("no room");
    };
    for (const [pace, expected] of [
      ["when it pays", [60, 40, 20, 60]],
      ["at once", [60, 60, 60]],
      ["never", [60, 60, 60]],
    ] as const) {
      const { runner: subject, stepped } = runner(pace, noRoom);
      for (let time = 0; time < 3; time++) expect(subject.run(60)).to.equal(60);
      expect(stepped, pace).to.deep.equal(expected);
      expect(subject.translatedSteps).to.equal(0);
    }
  });

  it("is stepped for good where there is no room for an engine, and fails as anything else does", () => {
    const [asked, broken]: [number[], Error] = [[], new TypeError("broken")];
    const { runner: subject } = runner("at once", () => {
      asked.push(1);
      throw new RangeError("no room");
    });
    subject.run(10);
    subject.run(10);
    expect(subject.pace).to.equal("never");
    expect(asked.length).to.equal(1);
    const other = runner("at once", () => {
      throw broken;
    });
    expect(() => other.runner.run(10)).to.throw(broken);
  });

  it("is possible on the engines that this package asks for", () => {
    expect(canTranslate()).to.equal(true);
  });
});
