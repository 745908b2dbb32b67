import type { TrapCause } from "./traps.js";

/** A type of values. After lowering only integers are left. */
export type ValueType = "i32" | "i64" | "f32" | "f64";

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** As the module declares it, where lowering changed it. Types are equal if they were declared equal. */
  readonly declared?: FunctionType;
}

export interface FunctionImport {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

export interface Limits {
  readonly minimum: number;
  /** Undefined where none is declared. */
  readonly maximum: number | undefined;
}

export interface Global {
  readonly type: ValueType;
  readonly mutable: boolean;
  /** The initial value, unsigned; of a float its bits. */
  readonly value: bigint;
}

export interface FunctionBody {
  /** What `start` and `end` count in: the file. */
  readonly bytes: Uint8Array;
  /** Of the declared locals, without the parameters. */
  readonly locals: readonly ValueType[];
  /** Where its expression starts and ends. */
  readonly start: number;
  readonly end: number;
  /** What its `unreachable` means where the body is not the module's own. */
  readonly trap?: TrapCause;
}

export interface ElementSegment {
  readonly table: number;
  readonly offset: number;
  /** Function indices; null for a null reference. */
  readonly functions: readonly (number | null)[];
}

export interface DataSegment {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Names of what a module exports. */
export interface Exports {
  readonly functions: ReadonlyMap<string, number>;
  readonly globals: ReadonlyMap<string, number>;
}

/** A module as its binary says it. Function indices count imports first. */
export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[];
  readonly imports: readonly FunctionImport[];
  /** Type indices of the module's own functions. */
  readonly functions: readonly number[];
  readonly tables: readonly Limits[];
  /** In pages of 64 KiB. */
  readonly memory: Limits | undefined;
  readonly globals: readonly Global[];
  readonly exports: Exports;
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly bodies: readonly FunctionBody[];
  readonly data: readonly DataSegment[];
}

/** The index of the type of function `index`, imports first. */
export function typeIndexOf(module: WasmModule, index: number): number {
  const imported = module.imports.length;
  return index < imported ? module.imports[index].type : module.functions[index - imported];
}

/** The type of function `index`, imports first. */
export function typeOf(module: WasmModule, index: number): FunctionType {
  return module.types[typeIndexOf(module, index)];
}

/** As text, e.g. `(i32, i64) -> i32`. */
export function showType(type: FunctionType): string {
  const results = type.results.length === 0 ? "" : ` -> ${type.results.join(", ")}`;
  return `(${type.parameters.join(", ")})${results}`;
}
