import { expect } from "chai";

import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { Exit } from "../../../plugin/machines/exit.js";
import type { Random } from "../wasm/twins.js";

/** The longest stretch from one position that is looked at to the next. */
const STRETCH = 12_000;

/** What happened while two machines were compared. */
export interface Compared {
  readonly steps: number;
  /** Those that translated code made. */
  readonly translated: number;
  readonly trapped: boolean;
}

/** Runs a program by its stepper and by translated code, and compares all there is at random positions, the last of them that of a trap. */
export function compareEngines(program: RegisterProgram, random: Random, positions: number, label: string): Compared {
  const [stepped, translated] = [program.load(), program.load()];
  stepped.runner.pace = "never";
  translated.runner.pace = "at once";
  let steps = 0;
  for (let position = 0; position < positions; position++) {
    const count = 1 + random.below(STRETCH);
    const [ours, theirs] = [advanceAll(translated, count), advanceAll(stepped, count)];
    steps += theirs.count;
    expect(ours, `${label}: ${steps} steps`).to.deep.equal(theirs);
    expectEqual(translated, stepped, `${label}: after ${steps} steps`);
    if (theirs.exit === Exit.trapped) return { steps, translated: translated.runner.translatedSteps, trapped: true };
  }
  return { steps, translated: translated.runner.translatedSteps, trapped: false };
}

/** Goes on over calls. */
function advanceAll(machine: RegisterMachine, steps: number): { count: number; exit: number; trap: number } {
  for (let count = 0; ;) {
    const advance = machine.advance(steps - count);
    count += advance.count;
    if (advance.exit === Exit.trapped || count >= steps) return { ...advance, count };
  }
}

export function expectEqual(ours: RegisterMachine, theirs: RegisterMachine, label: string): void {
  expect([...ours.registers], label).to.deep.equal([...theirs.registers]);
  expect([...ours.memory.changedPages], `${label}: pages`).to.deep.equal([...theirs.memory.changedPages]);
  expect(ours.stateHash(), `${label}: hash`).to.equal(theirs.stateHash());
}
