import { Reader } from "../../plugin/machines/wasm/reader.js";
import { assembleModule, named as nameOf, signed, sized, unsigned, vector, type Sections } from "./binary.js";
import { EXTERNREF, F32, F64, FUNCREF, I32, I64, NotPreparable, type Dialect } from "./dialect.js";
import { addSegment, passiveSegment, tableFunctions, type AddedFunction } from "./tableFunctions.js";

/** The first value of the global that results are folded into. */
const FOLD_START = -0x61c8864680b583ebn;

type Signature = Pick<AddedFunction, "parameters" | "results">;

/**
 * Turns a module of `wasm-opt --translate-to-fuzz` into one that both engines take as the original, of a dialect's instructions:
 * imported functions become functions that fold what they are given into a last global, and so is the result of every load and every
 * numeric instruction, since most of them are dropped by what follows; every function, every global, the memory and the table are
 * exported as `f0`, `g0`, ..., `memory`, `table`; `handle` calls all functions without parameters and results.
 */
export function prepareModule(bytes: Uint8Array, dialect: Dialect, keepStart: boolean): Uint8Array {
  return new Preparer(bytes, dialect).run(keepStart);
}

class Preparer {
  private readonly sections: Sections = new Map();
  private types: Signature[] = [];
  private readonly imports: number[] = [];
  private functions: number[] = [];
  private readonly globals: number[][] = [];
  private bodies: number[][] = [];
  private readonly reader: Reader;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly dialect: Dialect,
  ) {
    this.reader = new Reader(bytes, 8);
  }

  run(keepStart: boolean): Uint8Array {
    while (!this.reader.done) {
      const kind = this.reader.byte();
      const size = this.reader.u32();
      this.section(kind, new Reader(this.bytes, this.reader.offset, this.reader.offset + size));
      this.reader.offset += size;
    }
    if (!keepStart) this.sections.delete(8);
    this.assemble();
    return assembleModule(this.sections);
  }

  private section(kind: number, reader: Reader): void {
    const rest = (): Uint8Array => this.bytes.subarray(reader.offset, reader.end);
    if (kind === 1) this.types = reader.list(() => signature(reader, this.dialect));
    else if (kind === 2) reader.list(() => this.import(reader));
    else if (kind === 3) this.functions = reader.list(() => reader.u32());
    else if (kind === 6) this.globals.push(...reader.list(() => global(reader, this.dialect)));
    else if (kind === 10) this.bodies = reader.list((index) => this.body(reader, this.types[this.functions[index]]));
    else if (kind === 7 || kind === 0) return;
    else this.sections.set(kind, rest());
  }

  /** A global becomes one of the module's own, which holds nothing. */
  private import(reader: Reader): void {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === 0) this.imports.push(reader.u32());
    else if (kind === 3) this.globals.push([...globalType(reader, this.dialect), 0x0b]);
    else throw new NotPreparable("an import that is no function or global");
  }

  private assemble(): void {
    const checksum = this.globals.length;
    const handle = this.imports.length + this.functions.length;
    const plain = this.types.findIndex(({ parameters, results }) => parameters.length + results.length === 0);
    const handleType = plain >= 0 ? plain : this.types.push({ parameters: [], results: [] }) - 1;
    const added = this.dialect.changesTables && this.sections.has(4) ? this.addTableFunctions(handle) : [];
    const all = [...this.imports, ...this.functions];
    const callable = all.flatMap((type, index) => (type === handleType ? [index] : []));
    const handler = [0x00, ...callable.flatMap((index) => [0x10, ...unsigned(index)]), 0x0b];
    const importBodies = this.imports.map((type) => foldBody(this.types[type], checksum));
    const first = this.types.length;
    const types = [...this.types, ...added];
    this.put(1, vector(types.map(({ parameters, results }) => [0x60, ...sized(parameters), ...sized(results)])));
    const addedTypes = added.map((_, index) => first + index);
    this.put(3, vector([...all, handleType, ...addedTypes].map((type) => unsigned(type))));
    this.put(6, vector([...this.globals, [I64, 0x01, 0x42, ...signed(FOLD_START), 0x0b]]));
    this.put(7, vector(this.exports(handle, added.length, checksum)));
    this.put(10, vector([...importBodies, ...this.bodies, handler, ...added.map(({ body }) => body)].map(sized)));
  }

  /** With a segment of their own. */
  private addTableFunctions(functions: number): AddedFunction[] {
    const section = this.sections.get(9);
    const count = section === undefined ? 0 : new Reader(section).u32();
    this.sections.set(9, addSegment(section, count, passiveSegment(functions)));
    return tableFunctions(count);
  }

  private body(reader: Reader, { parameters }: Signature): number[] {
    const end = reader.u32() + reader.offset;
    let count = parameters.length;
    const locals = reader.list(() => {
      const [repeated, type] = [reader.u32(), this.dialect.typeOf(reader.byte())];
      count += repeated;
      return [...unsigned(repeated), type];
    });
    const code: number[] = [];
    while (reader.offset < end) {
      const folded = this.globals.length;
      const prepared = this.dialect.fedBack(reader, folded) ?? this.dialect.instruction(reader);
      code.push(...prepared.code);
      if (prepared.result === undefined) continue;
      const local = count + this.dialect.types.indexOf(prepared.result);
      code.push(0x22, ...unsigned(local), ...fold(folded, local, prepared.result));
    }
    return [...vector([...locals, ...this.dialect.types.map((type) => [1, type])]), ...code];
  }

  private exports(handle: number, added: number, checksum: number): number[][] {
    const named = (name: string, kind: number, index: number): number[] => [...nameOf(name), kind, ...unsigned(index)];
    const indices = (length: number): number[] => Array.from({ length }, (_, index) => index);
    return [
      ...indices(handle).map((index) => named(`f${index}`, 0, index)),
      named("handle", 0, handle),
      ...indices(added).map((index) => named(`f${handle + index}`, 0, handle + 1 + index)),
      ...indices(checksum + 1).map((index) => named(`g${index}`, 3, index)),
      ...(this.sections.has(5) ? [named("memory", 2, 0)] : []),
      ...(this.sections.has(4) && this.dialect.changesTables ? [named("table", 1, 0)] : []),
    ];
  }

  private put(kind: number, content: readonly number[]): void {
    this.sections.set(kind, Uint8Array.from(content));
  }
}

function signature(reader: Reader, dialect: Dialect): Signature {
  if (reader.byte() !== 0x60) throw new NotPreparable("a type that is no function");
  const types = (): number[] => reader.list(() => dialect.typeOf(reader.byte()));
  return { parameters: types(), results: types() };
}

function global(reader: Reader, dialect: Dialect): number[] {
  const { offset } = reader;
  const empty = globalType(reader, dialect);
  // Only imported globals can be read there, and those hold nothing now.
  if (reader.bytes[reader.offset] === 0x23) {
    expression(reader, dialect);
    return [...empty, 0x0b];
  }
  return [dialect.typeOf(reader.bytes[offset]), reader.bytes[offset + 1], ...expression(reader, dialect)];
}

/** A global's type, and the instruction that gives it nothing. */
function globalType(reader: Reader, dialect: Dialect): number[] {
  const [type, mutable] = [dialect.typeOf(reader.byte()), reader.byte()];
  return [type, mutable, ...ZERO[type]];
}

function expression(reader: Reader, dialect: Dialect): number[] {
  const code: number[] = [];
  for (;;) {
    const next = dialect.instruction(reader).code;
    code.push(...next);
    if (next[0] === 0x0b) return code;
  }
}

/** Makes an i64 of a value's bits. */
const AS_LONG: Readonly<Record<number, readonly number[]>> = {
  [I32]: [0xad],
  [I64]: [],
  [F32]: [0xbc, 0xad],
  [F64]: [0xbd],
  [FUNCREF]: [0xd1, 0xad],
  [EXTERNREF]: [0xd1, 0xad],
};

const ZERO: Readonly<Record<number, readonly number[]>> = {
  [I32]: [0x41, 0],
  [I64]: [0x42, 0],
  [F32]: [0x43, 0, 0, 0, 0],
  [F64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  [FUNCREF]: [0xd0, FUNCREF],
  [EXTERNREF]: [0xd0, EXTERNREF],
};

/** Multiplies the global by 31 and adds the local. */
function fold(checksum: number, local: number, type: number): number[] {
  return [
    ...[0x23, ...unsigned(checksum), 0x42, 31, 0x7e],
    ...[0x20, ...unsigned(local), ...AS_LONG[type], 0x7c],
    ...[0x24, ...unsigned(checksum)],
  ];
}

/** A function that folds its parameters into the global `checksum` and gives zeros. */
function foldBody({ parameters, results }: Signature, checksum: number): number[] {
  const folds = parameters.flatMap((type, index) => fold(checksum, index, type));
  return [0x00, ...folds, ...results.flatMap((type) => ZERO[type]), 0x0b];
}
