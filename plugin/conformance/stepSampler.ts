import type { SampledStep, StepObserver } from "./runner.js";

/** Chooses a number of steps of every kind, each from another command of the suite, so that they have different operands. */
export class StepSampler implements StepObserver {
  private readonly counts = new Map<string, number>();
  /** Kinds that the current command has given a step of. */
  private readonly seen = new Set<string>();
  private waiting: SampledStep[] = [];

  /** @param perKind How many steps of each kind are taken. */
  constructor(private readonly perKind: number) {}

  hasEnough(kind: string): boolean {
    return (this.counts.get(kind) ?? 0) >= this.perKind;
  }

  wants(kind: string): boolean {
    return !this.seen.has(kind) && !this.hasEnough(kind);
  }

  observe(step: SampledStep): void {
    this.counts.set(step.kind, (this.counts.get(step.kind) ?? 0) + 1);
    this.seen.add(step.kind);
    this.waiting.push(step);
  }

  nextCommand(): void {
    this.seen.clear();
  }

  /** Takes away what was chosen since the last call. */
  take(): SampledStep[] {
    const steps = this.waiting;
    this.waiting = [];
    return steps;
  }
}
