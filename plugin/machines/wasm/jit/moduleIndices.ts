import type { RegionPlan } from "./regionPlan.js";

/** Where the instrumented module has what functions refer to. */
export interface ModuleIndices {
  /** Globals: the steps that are left, why the code itself stopped, and the index of the last indirect call. */
  readonly fuel: number;
  readonly cause: number;
  readonly tableIndex: number;
  readonly growFunction: number;
  /** The function that has the code of a direct call's callee, by function index of the module. */
  ofFunction(index: number): number;
  /** The type that functions have here which are of type `index` in the module. */
  ofType(index: number): number;
  readonly importCount: number;
  readonly regions: RegionPlan;
}
