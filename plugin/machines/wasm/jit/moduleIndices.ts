import type { RegionPlan } from "./regionPlan.js";

/** Where the instrumented module has what functions refer to. */
export interface ModuleIndices {
  /** Globals: the steps that may be taken before more is asked for, why the code itself stopped, and the index of the last indirect call. */
  readonly fuel: number;
  readonly cause: number;
  readonly tableIndex: number;
  /** Imports: `memory.grow`; what gives more steps and says whether to pause; and what pauses. */
  readonly growFunction: number;
  readonly grantFunction: number;
  readonly pauseFunction: number;
  readonly refuelFunction: number;
  /** The function that has the code of a direct call's callee, by function index of the module. */
  ofFunction(index: number): number;
  /** The type that functions have here which are of type `index` in the module. */
  ofType(index: number): number;
  readonly importCount: number;
  readonly regions: RegionPlan;
}
