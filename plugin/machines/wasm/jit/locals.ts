import { unsigned } from "./binary.js";
import type { LoweredFunction } from "../lower.js";

/** Locals that the instrumentation uses, behind those of the function. */
const SCRATCH = ["i32", "i32", "i64", "i64"] as const;

/** Where a function's locals are once the frame's place has become its last parameter. */
export class Locals {
  /** The frame's place on the flat machine's stack. */
  readonly frame: number;
  readonly address: number;
  readonly low: number;
  readonly wide: number;
  readonly fuel: number;
  private readonly declared: readonly string[];

  constructor({ body, layout }: LoweredFunction) {
    this.declared = body.locals;
    this.frame = layout.parameters;
    const first = this.frame + 1 + body.locals.length;
    [this.address, this.low, this.wide, this.fuel] = SCRATCH.map((_, index) => first + index);
  }

  /** Where local `index` of the module's function is. */
  of(index: number): number {
    return index < this.frame ? index : index + 1;
  }

  /** Declares them, as a body begins. */
  declarations(): number[] {
    const types = [...this.declared, ...SCRATCH].map((type) => (type === "i32" ? 0x7f : 0x7e));
    const runs: [number, number][] = [];
    for (const type of types) {
      const last = runs[runs.length - 1] as [number, number] | undefined;
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    return [...unsigned(runs.length), ...runs.flatMap(([length, type]) => [...unsigned(length), type])];
  }
}
