import type { CoreModule, DataAtStart } from "../coreModule.js";
import { evaluate, evaluateNumber } from "../constantExpressions.js";
import { UnlinkableError, UnsupportedModuleError } from "../errors.js";
import { HOST_MODULE } from "../hostCalls.js";
import {
  importsOf,
  showType,
  type FunctionType,
  type GlobalType,
  type Import,
  type ImportedFunction,
  type Limits,
  type TableType,
  type WasmModule,
} from "../module.js";
import type { SlotValue } from "../regions.js";

/** What an import is bound to. A function that is no host call is called by whoever runs the machine. */
export type Binding =
  | { readonly kind: "function"; readonly type: FunctionType }
  /** `table.minimum` is its size now; what `contents` does not reach is null. */
  | { readonly kind: "table"; readonly table: TableType; readonly contents: readonly bigint[] }
  /** `memory.minimum` is its pages now; what `bytes` do not reach is zero. */
  | { readonly kind: "memory"; readonly memory: Limits; readonly bytes: Uint8Array }
  /** The value unsigned, of a float its bits, of a reference its slot. */
  | { readonly kind: "global"; readonly global: GlobalType; readonly value: bigint };

/** Gives what an import is bound to, undefined if there is nothing of that name. */
export type ImportResolver = (item: Import) => Binding | undefined;

/** A table, with its size as minimum. */
export interface BoundTable extends TableType {
  readonly contents: readonly SlotValue[];
  /** Whether another module may grow it. */
  readonly shared: boolean;
}

export interface BoundElements {
  readonly mode: "active" | "passive" | "declarative";
  readonly table: number;
  readonly offset: number;
  readonly items: readonly SlotValue[];
}

export interface BoundData extends DataAtStart {
  readonly mode: "active" | "passive";
}

/** A module whose imports are functions, and whose constants are known. */
export interface BoundModule extends Omit<CoreModule, "data"> {
  readonly tables: readonly BoundTable[];
  readonly elements: readonly BoundElements[];
  /** What an imported memory holds. */
  readonly memoryBefore: Uint8Array;
  readonly segments: readonly BoundData[];
}

/**
 * Binds what a module imports, host calls excepted; without a resolver only functions may be imported.
 * @throws {UnsupportedModuleError} for another import where there is no resolver.
 * @throws {UnlinkableError} where the resolver gives nothing, or something of another type.
 */
export function bindImports(module: WasmModule, resolver?: ImportResolver): BoundModule {
  const given = resolver ?? refuse;
  if (resolver !== undefined) checkFunctions(module, resolver);
  const memory = importsOf(module, "memory")
    .map((item) => resolve(module, given, item, "memory"))
    .at(0);
  const importedGlobals = importsOf(module, "global").map((item) => resolve(module, given, item, "global"));
  const values = importedGlobals.map(({ value }) => value);
  return {
    types: module.types,
    imports: importsOf(module, "function"),
    functions: module.functions,
    memory: memory?.memory ?? module.memory,
    globals: [
      ...importedGlobals.map(({ global, value }) => ({ ...global, value })),
      ...module.globals.map(({ type, mutable, initial }) => ({ type, mutable, value: evaluate(initial, values) })),
    ],
    exports: module.exports,
    start: module.start,
    bodies: module.bodies,
    tables: bindTables(module, given, resolver !== undefined),
    elements: module.elements.map(({ mode, table, offset, items }) => ({
      ...{ mode, table, offset: Number(evaluateNumber(offset, values)) },
      items: items.map((item) => evaluate(item, values)),
    })),
    memoryBefore: memory?.bytes ?? new Uint8Array(),
    segments: module.data.map(({ mode, offset, data }) => ({
      ...{ mode, data, offset: Number(evaluateNumber(offset, values)) },
    })),
  };
}

/** @param isShared Whether other modules may have the tables that are exported. */
function bindTables(module: WasmModule, resolver: ImportResolver, isShared: boolean): BoundTable[] {
  const imported = importsOf(module, "table").map((item) => {
    const { table, contents } = resolve(module, resolver, item, "table");
    return { ...table, contents, shared: true };
  });
  const exported = new Set(module.exports.tables.values());
  const own = module.tables.map((table, index) => {
    return { ...table, contents: [], shared: isShared && exported.has(imported.length + index) };
  });
  return [...imported, ...own];
}

/** Functions stay imports, but what they are bound to must be there and of their type. */
function checkFunctions(module: WasmModule, resolver: ImportResolver): void {
  for (const item of importsOf(module, "function")) {
    if (item.module !== HOST_MODULE) resolve(module, resolver, item, "function");
  }
}

/** Where there is no resolver. */
function refuse({ kind, module, name }: Import): never {
  throw new UnsupportedModuleError(
    `an imported ${kind} (${module}.${name})`,
    kind === "memory"
      ? "define the memory in the module (asc: without --importMemory, wasm-ld: without --import-memory)"
      : `define the ${kind} in the module`,
  );
}

function resolve<Kind extends Import["kind"]>(
  module: WasmModule,
  resolver: ImportResolver,
  item: Import,
  kind: Kind,
): Extract<Binding, { kind: Kind }> {
  const binding = resolver(item);
  if (binding === undefined) throw new UnlinkableError("unknown import", item.module, item.name);
  if (matches(module, item, binding) && isOfKind(binding, kind)) return binding;
  throw new UnlinkableError("incompatible import type", item.module, item.name);
}

function isOfKind<Kind extends Import["kind"]>(
  binding: Binding,
  kind: Kind,
): binding is Extract<Binding, { kind: Kind }> {
  return binding.kind === kind;
}

/** Whether what is given may stand for what is imported. */
function matches(module: WasmModule, item: Import, given: Binding): boolean {
  if (item.kind === "function") return given.kind === "function" && isSameType(module.types, item, given.type);
  if (item.kind === "memory") return given.kind === "memory" && isWithin(given.memory, item.memory);
  if (item.kind === "table") {
    return given.kind === "table" && given.table.type === item.table.type && isWithin(given.table, item.table);
  }
  const { type, mutable } = item.global;
  return given.kind === "global" && given.global.type === type && given.global.mutable === mutable;
}

function isSameType(types: readonly FunctionType[], item: ImportedFunction, given: FunctionType): boolean {
  return showType(types[item.type]) === showType(given);
}

function isWithin(given: Limits, declared: Limits): boolean {
  if (given.minimum < declared.minimum) return false;
  if (declared.maximum === undefined) return true;
  return given.maximum !== undefined && given.maximum <= declared.maximum;
}
