import { readConstantExpression } from "./constantExpressions.js";
import { InvalidModuleError, UnsupportedModuleError } from "./errors.js";
import type { Feature } from "./features.js";
import { checkBody } from "./instructions.js";
import {
  importsOf,
  type ConstantExpression,
  type DataSegment,
  type DefinedGlobal,
  type ElementSegment,
  type Exports,
  type FunctionBody,
  type FunctionType,
  type GlobalType,
  type Import,
  type Limits,
  type TableType,
  type ValueType,
  type WasmModule,
} from "./module.js";
import type { Reader } from "./reader.js";
import { readReferenceType, readValueType } from "./valueTypes.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The most locals that V8 takes of a function. */
const MAXIMUM_LOCALS = 50_000;

/** Sections that later versions have. */
const OTHER_SECTIONS: ReadonlyMap<number, Feature> = new Map([
  [13, "exceptions"],
  [14, "strings"],
]);

/** Bits of limits. */
const HAS_MAXIMUM = 1;
const OTHER_LIMITS: readonly (readonly [number, string, Feature])[] = [
  [2, "shared memory", "threads"],
  [4, "64-bit memory or tables", "memory64"],
  [8, "pages of another size", "customPageSizes"],
];

/** Where a segment of elements is declared to be something else than active for the first table. */
const SEGMENT = { notActive: 1, explicit: 2, expressions: 4 } as const;

const NOWHERE: ConstantExpression = { kind: "constant", value: 0n };

/** Reads a module's sections, each by its number. */
export class SectionReader {
  readonly module: Mutable<WasmModule> = {
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memory: undefined,
    globals: [],
    exports: { functions: new Map(), tables: new Map(), memories: new Map(), globals: new Map() },
    start: undefined,
    elements: [],
    bodies: [],
    data: [],
  };

  /**
   * Reads the section of kind `id`.
   * @param offset Of the section in the file.
   * @throws {InvalidModuleError}, {UnsupportedModuleError} or {UnsupportedInstructionError}.
   */
  read(id: number, offset: number, reader: Reader): void {
    const { module } = this;
    if (id === 0)
      reader.name(); // custom: for tools
    else if (id === 1) module.types = reader.list(() => functionType(reader));
    else if (id === 2) this.imports(reader);
    else if (id === 3) module.functions = reader.list(() => reader.u32());
    else if (id === 4) module.tables = reader.list(() => table(reader));
    else if (id === 5) this.memories(reader);
    else if (id === 6) module.globals = reader.list(() => this.global(reader));
    else if (id === 7) module.exports = exportsOf(reader);
    else if (id === 8) module.start = reader.u32();
    else if (id === 9) module.elements = reader.list(() => this.elementSegment(reader));
    else if (id === 10) module.bodies = reader.list(() => functionBody(reader));
    else if (id === 11) module.data = reader.list(() => this.dataSegment(reader));
    else if (id === 12)
      reader.u32(); // the number of data segments, which V8 compares
    else refuseSection(id, offset);
  }

  private imports(reader: Reader): void {
    const { offset } = reader;
    this.module.imports = reader.list(() => importOf(reader));
    if (importsOf(this.module, "memory").length > 1) throw severalMemories(offset);
  }

  private memories(reader: Reader): void {
    const { offset } = reader;
    const memories = reader.list(() => limits(reader));
    if (memories.length + importsOf(this.module, "memory").length > 1) throw severalMemories(offset);
    this.module.memory = memories.at(0);
  }

  private global(reader: Reader): DefinedGlobal {
    return { ...globalType(reader), initial: this.constant(reader) };
  }

  private elementSegment(reader: Reader): ElementSegment {
    const flags = reader.u32();
    if (flags > 7) throw new InvalidModuleError(`no element segment of kind ${flags}`);
    const isActive = (flags & SEGMENT.notActive) === 0;
    const isExplicit = (flags & SEGMENT.explicit) !== 0;
    const mode = isActive ? "active" : isExplicit ? "declarative" : "passive";
    const tableIndex = isActive && isExplicit ? reader.u32() : 0;
    const offset = isActive ? this.constant(reader) : NOWHERE;
    const hasExpressions = (flags & SEGMENT.expressions) !== 0;
    if (flags !== 0 && flags !== SEGMENT.expressions) elementKind(reader, hasExpressions);
    const items = reader.list((): ConstantExpression => {
      return hasExpressions ? this.constant(reader) : { kind: "function", index: reader.u32() };
    });
    return { mode, table: tableIndex, offset, items };
  }

  private dataSegment(reader: Reader): DataSegment {
    const start = reader.offset;
    const flags = reader.u32();
    if (flags > 2) throw new InvalidModuleError(`no data segment of kind ${flags}`);
    if (flags === 2 && reader.u32() !== 0) throw severalMemories(start);
    const offset = flags === 1 ? NOWHERE : this.constant(reader);
    return { mode: flags === 1 ? "passive" : "active", offset, data: reader.take(reader.u32()) };
  }

  private constant(reader: Reader): ConstantExpression {
    return readConstantExpression(reader, importsOf(this.module, "global").length);
  }
}

function severalMemories(offset: number): UnsupportedModuleError {
  return UnsupportedModuleError.of("several memories", "multiMemory", offset);
}

function refuseSection(id: number, offset: number): never {
  const feature = OTHER_SECTIONS.get(id);
  const part = `section of kind ${id}`;
  if (feature === undefined) throw new InvalidModuleError(`no ${part} (at offset 0x${offset.toString(16)})`);
  throw UnsupportedModuleError.of(`a ${part}`, feature, offset);
}

function functionType(reader: Reader): FunctionType {
  const form = reader.byte();
  if (form !== 0x60) refuseType(form, reader.offset - 1);
  return { parameters: reader.list(() => readValueType(reader)), results: reader.list(() => readValueType(reader)) };
}

function refuseType(form: number, offset: number): never {
  const isComposite = (form >= 0x4c && form <= 0x50) || form === 0x5e || form === 0x5f || form === 0x65;
  if (isComposite) throw UnsupportedModuleError.of("types other than functions", "garbageCollection", offset);
  if (form === 0x5d) throw UnsupportedModuleError.of("types of continuations", "stackSwitching", offset);
  throw new InvalidModuleError(`no type of form 0x${form.toString(16)} (at offset 0x${offset.toString(16)})`);
}

function importOf(reader: Reader): Import {
  const { offset } = reader;
  const [module, name] = [reader.name(), reader.name()];
  const kind = reader.byte();
  if (kind === 0) return { kind: "function", module, name, type: reader.u32() };
  if (kind === 1) return { kind: "table", module, name, table: tableType(reader) };
  if (kind === 2) return { kind: "memory", module, name, memory: limits(reader) };
  if (kind === 3) return { kind: "global", module, name, global: globalType(reader) };
  if (kind === 4) throw UnsupportedModuleError.of(`an imported tag ${module}.${name}`, "exceptions", offset);
  throw new InvalidModuleError(`no import of kind ${kind} (${module}.${name})`);
}

function limits(reader: Reader): Limits {
  const { offset } = reader;
  const flags = reader.byte();
  for (const [bit, part, feature] of OTHER_LIMITS) {
    if (flags & bit) throw UnsupportedModuleError.of(part, feature, offset);
  }
  if (flags > HAS_MAXIMUM) throw new InvalidModuleError(`no limits of kind ${flags}`);
  return { minimum: reader.u32(), maximum: flags === HAS_MAXIMUM ? reader.u32() : undefined };
}

/** A byte where a later version puts a table's first value. */
const WITH_INITIAL_VALUE = 0x40;

function table(reader: Reader): TableType {
  if (reader.bytes[reader.offset] === WITH_INITIAL_VALUE) {
    throw UnsupportedModuleError.of("a table with an initial value", "typedReferences", reader.offset);
  }
  return tableType(reader);
}

function tableType(reader: Reader): TableType {
  const type = readReferenceType(reader);
  return { type, ...limits(reader) };
}

function globalType(reader: Reader): GlobalType {
  const [type, mutability] = [readValueType(reader), reader.byte()];
  if (mutability > 1) throw new InvalidModuleError(`no mutability ${mutability}`);
  return { type, mutable: mutability === 1 };
}

function exportsOf(reader: Reader): Exports {
  const maps = Array.from({ length: 4 }, () => new Map<string, number>());
  reader.list(() => {
    const { offset } = reader;
    const [name, kind, index] = [reader.name(), reader.byte(), reader.u32()];
    if (kind === 4) throw UnsupportedModuleError.of(`an exported tag ${name}`, "exceptions", offset);
    if (kind > 4) throw new InvalidModuleError(`no export of kind ${kind} (${name})`);
    maps[kind].set(name, index);
  });
  const [functions, tables, memories, globals] = maps;
  return { functions, tables, memories, globals };
}

/** What elements are: functions, by index, or references of a type. */
function elementKind(reader: Reader, hasExpressions: boolean): void {
  if (hasExpressions) readReferenceType(reader);
  else if (reader.byte() !== 0) throw new InvalidModuleError("an element segment of no known kind");
}

function functionBody(reader: Reader): FunctionBody {
  const size = reader.u32();
  const end = Math.min(reader.offset + size, reader.end);
  const locals: ValueType[] = [];
  reader.list(() => {
    const [count, type] = [reader.u32(), readValueType(reader)];
    if (locals.length + count > MAXIMUM_LOCALS) throw new InvalidModuleError(`more than ${MAXIMUM_LOCALS} locals`);
    for (let i = 0; i < count; i++) locals.push(type);
  });
  const body = { bytes: reader.bytes, locals, start: reader.offset, end };
  checkBody(body);
  reader.offset = end;
  return body;
}
