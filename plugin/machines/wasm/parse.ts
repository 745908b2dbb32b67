import { InvalidModuleError, UnsupportedInstructionError, UnsupportedModuleError } from "./errors.js";
import type {
  DataSegment,
  ElementSegment,
  Exports,
  FunctionBody,
  FunctionImport,
  FunctionType,
  Global,
  Limits,
  ValueType,
  WasmModule,
} from "./module.js";
import { instructionName, remedyFor } from "./opcodes.js";
import { Reader } from "./reader.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Parses a module's sections. V8 validates first, so that what follows may rely on a valid module.
 * @throws {InvalidModuleError} with the engine's words.
 * @throws {UnsupportedModuleError} or {UnsupportedInstructionError} for what the machine does not have.
 */
export function parseModule(bytes: Uint8Array): WasmModule {
  validate(bytes);
  const reader = new Reader(bytes, 8);
  const module: Mutable<WasmModule> = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memory: undefined,
    globals: [],
    exports: { functions: new Map(), globals: new Map() },
    start: undefined,
    elements: [],
    bodies: [],
    data: [],
  };
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    parseSection(module, id, new Reader(bytes, reader.offset, reader.offset + size));
    reader.offset += size;
  }
  return module;
}

function validate(bytes: Uint8Array): void {
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    const cause = error instanceof Error ? error : undefined;
    throw new InvalidModuleError(cause?.message ?? String(error), cause);
  }
}

function parseSection(module: Mutable<WasmModule>, id: number, reader: Reader): void {
  switch (id) {
    case 0: // custom: names and the like
    case 12: // the number of data segments
      return;
    case 1:
      module.types = reader.list(() => functionType(reader));
      return;
    case 2:
      module.imports = reader.list(() => functionImport(reader));
      return;
    case 3:
      module.functions = reader.list(() => reader.u32());
      return;
    case 4:
      module.tables = reader.list(() => table(reader));
      return;
    case 5:
      module.memory = memory(reader);
      return;
    case 6: {
      const globals: Global[] = [];
      reader.list(() => globals.push(global(reader, globals)));
      module.globals = globals;
      return;
    }
    case 7:
      module.exports = exportsOf(reader);
      return;
    case 8:
      module.start = reader.u32();
      return;
    case 9:
      module.elements = reader
        .list(() => elementSegment(reader, module.globals))
        .filter((segment) => segment !== undefined);
      return;
    case 10:
      module.bodies = reader.list(() => functionBody(reader));
      return;
    case 11:
      module.data = reader.list(() => dataSegment(reader, module.globals)).filter((segment) => segment !== undefined);
      return;
    default:
      throw new UnsupportedModuleError(`a section of kind ${id}`, "compile without exceptions (-fno-exceptions)");
  }
}

function valueType(reader: Reader): ValueType {
  const code = reader.byte();
  if (code === 0x7f) return "i32";
  if (code === 0x7e) return "i64";
  if (code === 0x7d) return "f32";
  if (code === 0x7c) return "f64";
  const name = { 0x7b: "v128", 0x70: "funcref", 0x6f: "externref" }[code];
  throw new UnsupportedModuleError(
    `values of type ${name ?? `0x${code.toString(16)}`} (at offset 0x${(reader.offset - 1).toString(16)})`,
    "compile for the WebAssembly MVP (-mcpu=mvp)",
  );
}

function functionType(reader: Reader): FunctionType {
  if (reader.byte() !== 0x60)
    throw new UnsupportedModuleError("types other than functions", "compile without garbage collection");
  return { parameters: reader.list(() => valueType(reader)), results: reader.list(() => valueType(reader)) };
}

function functionImport(reader: Reader): FunctionImport {
  const [module, name] = [reader.name(), reader.name()];
  const kind = reader.byte();
  if (kind === 0) return { module, name, type: reader.u32() };
  const what = ["", "table", "memory", "global", "tag"][kind] ?? "thing";
  throw new UnsupportedModuleError(
    `an imported ${what} (${module}.${name})`,
    kind === 2
      ? "define the memory in the module (asc: without --importMemory, wasm-ld: without --import-memory)"
      : `define the ${what} in the module`,
  );
}

function limits(reader: Reader): Limits {
  const flags = reader.byte();
  if (flags & 2)
    throw new UnsupportedModuleError("shared memory", "compile without threads (-mno-atomics, asc: --disable threads)");
  if (flags & 4) throw new UnsupportedModuleError("64-bit memory", "compile for wasm32");
  return { minimum: reader.u32(), maximum: flags & 1 ? reader.u32() : undefined };
}

function table(reader: Reader): Limits {
  if (reader.byte() !== 0x70) {
    throw new UnsupportedModuleError(
      "a table of other things than functions",
      "compile without reference types (-mno-reference-types)",
    );
  }
  return limits(reader);
}

function memory(reader: Reader): Limits | undefined {
  const memories = reader.list(() => limits(reader));
  if (memories.length > 1) throw new UnsupportedModuleError("several memories", "use one memory");
  return memories[0];
}

function global(reader: Reader, before: readonly Global[]): Global {
  const [type, mutable] = [valueType(reader), reader.byte() === 1];
  return { type, mutable, value: BigInt.asUintN(type === "i32" || type === "f32" ? 32 : 64, constant(reader, before)) };
}

/** A constant expression of a number: the integer, or the float's bits. */
function constant(reader: Reader, globals: readonly Global[]): bigint {
  const offset = reader.offset;
  const opcode = reader.byte();
  const value = constantValue(reader, opcode, globals);
  const end = reader.offset;
  if (value !== undefined && reader.byte() === 0x0b) return value;
  const at = value === undefined ? offset : end;
  const name = instructionName(new Reader(reader.bytes, at));
  throw new UnsupportedInstructionError(
    `${name} in a constant expression`,
    at,
    "use a plain constant (-mno-extended-const)",
  );
}

function constantValue(reader: Reader, opcode: number, globals: readonly Global[]): bigint | undefined {
  if (opcode === 0x41 || opcode === 0x42) return reader.signed();
  if (opcode === 0x43) return littleEndian(reader.take(4));
  if (opcode === 0x44) return littleEndian(reader.take(8));
  return opcode === 0x23 ? globals[reader.u32()].value : undefined;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

function exportsOf(reader: Reader): Exports {
  const [functions, globals] = [new Map<string, number>(), new Map<string, number>()];
  reader.list(() => {
    const [name, kind, index] = [reader.name(), reader.byte(), reader.u32()];
    if (kind === 0) functions.set(name, index);
    if (kind === 3) globals.set(name, index);
  });
  return { functions, globals };
}

/** An active segment; passive and declared ones have no effect without instructions that the machine refuses. */
function elementSegment(reader: Reader, globals: readonly Global[]): ElementSegment | undefined {
  const flags = reader.u32();
  const active = (flags & 1) === 0;
  const tableIndex = active && flags & 2 ? reader.u32() : 0;
  const offset = active ? Number(BigInt.asUintN(32, constant(reader, globals))) : 0;
  if (flags & 3) reader.byte(); // the kind or type: functions
  const functions = reader.list(() => (flags & 4 ? reference(reader) : reader.u32()));
  return active ? { table: tableIndex, offset, functions } : undefined;
}

/** A constant expression of a function reference. */
function reference(reader: Reader): number | null {
  const offset = reader.offset;
  const opcode = reader.byte();
  if (opcode !== 0xd0 && opcode !== 0xd2) {
    const name = instructionName(new Reader(reader.bytes, offset));
    throw new UnsupportedInstructionError(`${name} in a constant expression`, offset, remedyFor(opcode));
  }
  const index = reader.u32();
  reader.byte();
  return opcode === 0xd2 ? index : null;
}

function functionBody(reader: Reader): FunctionBody {
  const size = reader.u32();
  const end = reader.offset + size;
  const locals: ValueType[] = [];
  reader.list(() => {
    const [count, type] = [reader.u32(), valueType(reader)];
    for (let i = 0; i < count; i++) locals.push(type);
  });
  const body = { bytes: reader.bytes, locals, start: reader.offset, end };
  reader.offset = end;
  return body;
}

function dataSegment(reader: Reader, globals: readonly Global[]): DataSegment | undefined {
  const flags = reader.u32();
  if (flags === 2) reader.u32();
  const offset = flags === 1 ? 0 : Number(BigInt.asUintN(32, constant(reader, globals)));
  const data = reader.take(reader.u32());
  return flags === 1 ? undefined : { offset, data };
}
