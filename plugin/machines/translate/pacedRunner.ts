import { Exit, type StepperResult } from "../exit.js";
import type { Engine } from "./engine.js";
import { canTranslate } from "./support.js";

/** When a machine runs by translated code: what is tested and measured alone is forced. */
export type Pace =
  /** Once it has made so many steps that it pays. */
  "when it pays" | "at once" | "never";

/** How often a place is come to before it is translated. */
const PATIENCE: Readonly<Record<Pace, number>> = { "when it pays": 2, "at once": 0, never: Infinity };

/** What a machine is run by. */
export interface Means {
  readonly result: StepperResult;
  /** Executes by the stepper. */
  step(steps: number): number;
  /** Steps that it is stepped before it is translated: as long as it takes to make an engine. */
  readonly stepsBefore: number;
  /** Throws a RangeError where there is no room for one. */
  makeEngine(patience: number): Engine;
}

/** Runs a machine by what is fastest: the stepper at first, then translated code. One that cannot be translated is stepped. */
export class PacedRunner {
  pace: Pace = "when it pays";
  private engine: Engine | undefined;
  /** Steps that were made while there was no engine. */
  private stepped = 0;

  constructor(private readonly means: Means) {}

  /** Steps that translated code made; the stepper made the others. */
  get translatedSteps(): number {
    return this.engine?.translatedSteps ?? 0;
  }

  /** Executes up to `steps` instructions and gives how many; stops as the stepper does. */
  run(steps: number): number {
    const { means } = this;
    if (this.engine === undefined && this.stepsAlone === 0) this.translate();
    if (this.engine !== undefined && this.pace !== "never") return this.engine.run(steps);
    const count = means.step(Math.min(steps, this.stepsAlone));
    this.stepped += count;
    return count === steps || means.result.exit !== Exit.steps ? count : count + this.run(steps - count);
  }

  /** Forgets what was translated of some places. */
  forget(first: number, last: number): void {
    this.engine?.forget(first, last);
  }

  /** Steps that the stepper does before code is translated. */
  private get stepsAlone(): number {
    if (this.pace === "never") return Infinity;
    return this.pace === "at once" ? 0 : Math.max(0, this.means.stepsBefore - this.stepped);
  }

  private translate(): void {
    try {
      if (!canTranslate()) throw new RangeError();
      this.engine = this.means.makeEngine(PATIENCE[this.pace]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.pace = "never";
    }
  }
}
