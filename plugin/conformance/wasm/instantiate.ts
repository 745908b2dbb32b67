import { evaluateNumber } from "../../machines/wasm/constantExpressions.js";
import { lowerModule, type LoweredModule } from "../../machines/wasm/lower.js";
import type { Binding } from "../../machines/wasm/lowering/imports.js";
import {
  importsOf,
  typeOf,
  type ConstantExpression,
  type FunctionType,
  type Import,
  type WasmModule,
} from "../../machines/wasm/module.js";
import { GlobalCopy, MemoryCopy, TableCopy } from "./copies.js";
import { StoppedError } from "./errors.js";
import type { Execution } from "./execution.js";
import { FlatMachine } from "./flatMachine.js";
import { ModuleInstance, type Use } from "./moduleInstance.js";
import {
  GlobalInstance,
  MemoryInstance,
  PAGE,
  TableInstance,
  type External,
  type FunctionInstance,
  type Reference,
  type Value,
} from "./store.js";

/** Gives what an import names, undefined if there is nothing. */
export type Lookup = (module: string, name: string) => External | undefined;

/** What an instance's indices stand for, imports first. */
interface Spaces {
  readonly functions: FunctionInstance[];
  readonly tables: TableInstance[];
  readonly memories: MemoryInstance[];
  readonly globals: GlobalInstance[];
}

/**
 * Instantiates a module: links it, applies its active segments and runs its start function.
 * @throws {UnlinkableError} if an import cannot be had.
 * @throws {StoppedError} if a segment does not fit or the start function does not return; what was done before stays.
 * @throws {UnsupportedModuleError} for what the machine does not have.
 */
export function instantiate(module: WasmModule, lookup: Lookup, execution: Execution): ModuleInstance {
  const lowered = lowerModule(withoutActiveSegments(module), (item) => bindingOf(lookup(item.module, item.name)));
  const spaces = importedSpaces(module, lookup);
  const imported = [...spaces.functions];
  const owner: { instance?: ModuleInstance } = {};
  for (let index = imported.length; index < imported.length + module.functions.length; index++) {
    spaces.functions.push(ownFunction(owner, lowered, typeOf(module, index), index));
  }
  const machine = new FlatMachine(lowered, imported, spaces.functions);
  const instance = (owner.instance = new ModuleInstance(machine, execution));
  define(module, spaces);
  instance.uses = usesOf(machine, lowered, spaces);
  loadSegments(module, machine, lowered, spaces);
  instance.exports = exportsOf(module, spaces);
  applySegments(module, spaces);
  if (module.start !== undefined) spaces.functions[module.start].call([]);
  return instance;
}

/** Lowering knows nothing of what other instances hold: active segments are applied here, and are dropped as they should be. */
function withoutActiveSegments(module: WasmModule): WasmModule {
  const offset: ConstantExpression = { kind: "constant", value: 0n };
  return {
    ...module,
    elements: module.elements.map((segment) =>
      segment.mode === "active" ? { ...segment, offset, items: [] } : segment,
    ),
    data: module.data.map((segment) =>
      segment.mode === "active" ? { ...segment, offset, data: new Uint8Array() } : segment,
    ),
  };
}

/** What lowering is told: types as they are now, and numbers. Contents are loaded when the instance runs. */
function bindingOf(external: External | undefined): Binding | undefined {
  switch (external?.kind) {
    case "function":
      return { kind: "function", type: external.function.type };
    case "table":
      return { kind: "table", table: { type: external.table.type, ...external.table.limits }, contents: [] };
    case "memory":
      return { kind: "memory", memory: external.memory.limits, bytes: new Uint8Array() };
    case "global": {
      const { type: global, value } = external.global;
      return { kind: "global", global, value: typeof value === "bigint" ? value : 0n };
    }
    case undefined:
      return undefined;
  }
}

/** Imports that lowering has found to be there and of the right kind. */
function importedSpaces(module: WasmModule, lookup: Lookup): Spaces {
  const spaces: Spaces = { functions: [], tables: [], memories: [], globals: [] };
  for (const item of module.imports) {
    const external = lookup(item.module, item.name);
    if (external?.kind === "function") spaces.functions.push(external.function);
    else if (external?.kind === "table") spaces.tables.push(external.table);
    else if (external?.kind === "memory") spaces.memories.push(external.memory);
    else if (external?.kind === "global") spaces.globals.push(external.global);
    else throw new Error(`import ${show(item)} is bound to nothing`);
  }
  return spaces;
}

function show({ module, name }: Import): string {
  return `${module}.${name}`;
}

function ownFunction(
  owner: { readonly instance?: ModuleInstance },
  { layouts }: LoweredModule,
  type: FunctionType,
  index: number,
): FunctionInstance {
  return { type, call: (args) => owner.instance!.call(layouts[index], type, args) };
}

/** Adds what the module defines itself. */
function define(module: WasmModule, spaces: Spaces): void {
  const imported = spaces.globals.slice(0, importsOf(module, "global").length);
  for (const table of module.tables) spaces.tables.push(new TableInstance(table.type, table));
  if (module.memory !== undefined) spaces.memories.push(new MemoryInstance(module.memory));
  for (const { type, mutable, initial } of module.globals) {
    spaces.globals.push(new GlobalInstance({ type, mutable }, valueOf(initial, spaces, imported)));
  }
}

function usesOf(machine: FlatMachine, lowered: LoweredModule, { tables, memories, globals }: Spaces): Use[] {
  return [
    ...tables.map((shared, index) => ({ shared, copy: new TableCopy(machine, shared, lowered.regions[index]) })),
    ...memories.map((shared) => ({ shared, copy: new MemoryCopy(machine, shared) })),
    ...globals.map((shared, index) => ({ shared, copy: new GlobalCopy(machine, shared, index) })),
  ];
}

function exportsOf({ exports }: WasmModule, spaces: Spaces): Map<string, External> {
  const exported = new Map<string, External>();
  for (const [name, index] of exports.functions) {
    exported.set(name, { kind: "function", function: spaces.functions[index] });
  }
  for (const [name, index] of exports.tables) exported.set(name, { kind: "table", table: spaces.tables[index] });
  for (const [name, index] of exports.memories) exported.set(name, { kind: "memory", memory: spaces.memories[index] });
  for (const [name, index] of exports.globals) exported.set(name, { kind: "global", global: spaces.globals[index] });
  return exported;
}

/** What lowering could not know of passive segments of elements: references that imported globals hold. */
function loadSegments(module: WasmModule, machine: FlatMachine, lowered: LoweredModule, spaces: Spaces): void {
  const imported = spaces.globals.slice(0, importsOf(module, "global").length);
  module.elements.forEach(({ items }, segment) => {
    const region = lowered.elementRegions[segment];
    if (region === undefined) return;
    const slots = items.map((item) => machine.encode(valueOf(item, spaces, imported)));
    const { base } = lowered.regions[region];
    slots.forEach((slot, index) => machine.registers.tables.set(base + index, slot));
  });
}

/** Elements first, then data, each up to the first segment that does not fit. */
function applySegments(module: WasmModule, spaces: Spaces): void {
  const imported = spaces.globals.slice(0, importsOf(module, "global").length);
  for (const { mode, table, offset, items } of module.elements) {
    if (mode !== "active") continue;
    const start = Number(numberOf(offset, imported));
    if (start + items.length > spaces.tables[table].limits.minimum)
      throw new StoppedError("out of bounds table access");
    spaces.tables[table].write(
      start,
      items.map((item) => referenceOf(item, spaces, imported)),
    );
  }
  for (const { mode, offset, data } of module.data) {
    if (mode !== "active") continue;
    const [memory, start] = [spaces.memories[0], Number(numberOf(offset, imported))];
    if (start + data.length > memory.limits.minimum * PAGE) throw new StoppedError("out of bounds memory access");
    memory.write(start, data);
  }
}

function referenceOf(expression: ConstantExpression, spaces: Spaces, imported: readonly GlobalInstance[]): Reference {
  const value = valueOf(expression, spaces, imported);
  return typeof value === "bigint" ? null : value;
}

function valueOf(expression: ConstantExpression, { functions }: Spaces, imported: readonly GlobalInstance[]): Value {
  if (expression.kind === "null") return null;
  if (expression.kind === "function") return functions[expression.index];
  if (expression.kind === "global") return imported[expression.index].value;
  return numberOf(expression, imported);
}

function numberOf(expression: ConstantExpression, imported: readonly GlobalInstance[]): bigint {
  const values = imported.map(({ value }) => (typeof value === "bigint" ? value : 0n));
  return evaluateNumber(expression, values);
}
