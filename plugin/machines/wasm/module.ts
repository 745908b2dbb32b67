import type { TrapCause } from "../traps.js";

export type NumberType = "i32" | "i64" | "f32" | "f64";
export type ReferenceType = "funcref" | "externref";
/** A type of values. After lowering only integers are left. */
export type ValueType = NumberType | ReferenceType;

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** As the module declares it, where lowering changed it. Types are equal if they were declared equal. */
  readonly declared?: FunctionType;
}

export interface Limits {
  readonly minimum: number;
  /** Undefined where none is declared. */
  readonly maximum: number | undefined;
}

export interface TableType extends Limits {
  readonly type: ReferenceType;
}

export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

interface Named {
  readonly module: string;
  readonly name: string;
}

export interface ImportedFunction extends Named {
  readonly kind: "function";
  /** Index of its type. */
  readonly type: number;
}

export interface ImportedTable extends Named {
  readonly kind: "table";
  readonly table: TableType;
}

export interface ImportedMemory extends Named {
  readonly kind: "memory";
  /** In pages of 64 KiB. */
  readonly memory: Limits;
}

export interface ImportedGlobal extends Named {
  readonly kind: "global";
  readonly global: GlobalType;
}

export type Import = ImportedFunction | ImportedTable | ImportedMemory | ImportedGlobal;

/** What is known once the module is instantiated. */
export type ConstantExpression =
  | { readonly kind: "constant"; /** Unsigned; of a float its bits. */ readonly value: bigint }
  | { readonly kind: "null" }
  | { readonly kind: "function"; readonly index: number }
  | { readonly kind: "global"; readonly index: number }
  | {
      readonly kind: "binary";
      readonly operator: "add" | "sub" | "mul";
      readonly bits: 32 | 64;
      readonly left: ConstantExpression;
      readonly right: ConstantExpression;
    };

export interface DefinedGlobal extends GlobalType {
  readonly initial: ConstantExpression;
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

/** References that go to a table: at the start (active), by `table.init` (passive), or never (declarative). */
export interface ElementSegment {
  readonly mode: "active" | "passive" | "declarative";
  /** Of an active one. */
  readonly table: number;
  readonly offset: ConstantExpression;
  readonly items: readonly ConstantExpression[];
}

/** Bytes that go to memory: at the start (active) or by `memory.init` (passive). */
export interface DataSegment {
  readonly mode: "active" | "passive";
  /** Of an active one. */
  readonly offset: ConstantExpression;
  readonly data: Uint8Array;
}

/** Names of what a module exports, and what they stand for. */
export interface Exports {
  readonly functions: ReadonlyMap<string, number>;
  readonly tables: ReadonlyMap<string, number>;
  readonly memories: ReadonlyMap<string, number>;
  readonly globals: ReadonlyMap<string, number>;
}

/** A module as its binary says it. All indices count imports first. */
export interface WasmModule {
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /** Type indices of the module's own functions. */
  readonly functions: readonly number[];
  /** The module's own; so are memory and globals. */
  readonly tables: readonly TableType[];
  /** In pages of 64 KiB. */
  readonly memory: Limits | undefined;
  readonly globals: readonly DefinedGlobal[];
  readonly exports: Exports;
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly bodies: readonly FunctionBody[];
  readonly data: readonly DataSegment[];
}

/** The imports of one kind, in their order. */
export function importsOf<Kind extends Import["kind"]>(
  module: { readonly imports: readonly Import[] },
  kind: Kind,
): Extract<Import, { kind: Kind }>[] {
  return module.imports.filter((item): item is Extract<Import, { kind: Kind }> => item.kind === kind);
}

/** The index of the type of function `index`, imports first. */
export function typeIndexOf(module: Pick<WasmModule, "imports" | "functions">, index: number): number {
  const imported = importsOf(module, "function");
  return index < imported.length ? imported[index].type : module.functions[index - imported.length];
}

/** The type of function `index`, imports first. */
export function typeOf(module: Pick<WasmModule, "imports" | "functions" | "types">, index: number): FunctionType {
  return module.types[typeIndexOf(module, index)];
}

/** As text, e.g. `(i32, i64) -> i32`. */
export function showType(type: FunctionType): string {
  const results = type.results.length === 0 ? "" : ` -> ${type.results.join(", ")}`;
  return `(${type.parameters.join(", ")})${results}`;
}
