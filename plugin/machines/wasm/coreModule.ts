import type { Exports, FunctionBody, FunctionType, GlobalType, ImportedFunction, Limits } from "./module.js";
import type { SlotValue } from "./regions.js";

export interface Global extends GlobalType {
  /** Unsigned; of a float its bits. */
  readonly value: SlotValue;
}

/** Bytes that memory holds at the start. */
export interface DataAtStart {
  readonly offset: number;
  readonly data: Uint8Array;
}

/**
 * A module as the machine takes it: its imports are functions, and every other import has become the module's own; what globals, tables
 * and memory hold at the start is known. After lowering it holds nothing but integers, and tables are regions.
 */
export interface CoreModule {
  readonly types: readonly FunctionType[];
  readonly imports: readonly ImportedFunction[];
  /** Type indices of the functions with a body. */
  readonly functions: readonly number[];
  /** In pages of 64 KiB. */
  readonly memory: Limits | undefined;
  readonly globals: readonly Global[];
  readonly exports: Exports;
  readonly start: number | undefined;
  readonly bodies: readonly FunctionBody[];
  readonly data: readonly DataAtStart[];
}
