import { Reader } from "../../plugin/machines/wasm/reader.js";
import { skipImmediates } from "../../plugin/machines/wasm/instructions.js";
import { numericEffect } from "../../plugin/machines/wasm/opcodes.js";
import { assembleModule, named, signed, sized, unsigned, vector, type Sections } from "./binary.js";

const I32 = 0x7f;
const I64 = 0x7e;

/** What stands for each float instruction: integer instructions of the same shape. Divisors are made odd, or half of all runs would end there. */
const REPLACEMENTS: ReadonlyMap<number, readonly number[]> = new Map([
  ...columns(0x5b, [0x46, 0x47, 0x49, 0x4a, 0x4d, 0x4e]), // f32 comparisons
  ...columns(0x61, [0x51, 0x52, 0x54, 0x55, 0x58, 0x59]), // f64 comparisons
  ...columns(0x8b, [0x67, 0x68, 0x69, 0xc0, 0xc1, 0x45]), // f32.abs to f32.nearest
  [0x91, [0x41, 0x01, 0x71, 0x40, 0x00, 0x67]], // f32.sqrt: memory.grow by 0 or 1
  ...columns(0x92, [0x6a, 0x6b, 0x6c]), // f32.add, sub, mul
  [0x95, [0x41, 0x01, 0x72, 0x6d]], // f32.div: i32.div_s
  [0x96, [0x41, 0x01, 0x72, 0x70]], // f32.min: i32.rem_u
  ...columns(0x97, [0x75, 0x77]), // f32.max, copysign
  ...columns(0x99, [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4]), // f64.abs to f64.nearest
  [0x9f, [0x1a, 0x3f, 0x00, 0xad]], // f64.sqrt: memory.size
  ...columns(0xa0, [0x7c, 0x7d, 0x7e]), // f64.add, sub, mul
  [0xa3, [0x42, 0x01, 0x84, 0x7f]], // f64.div: i64.div_s
  [0xa4, [0x42, 0x01, 0x84, 0x82]], // f64.min: i64.rem_u
  ...columns(0xa5, [0x87, 0x89]), // f64.max, copysign
  ...columns(0xa8, [0x01, 0xc0, 0xa7, 0xa7]), // i32.trunc_*
  ...columns(0xae, [0xac, 0xad, 0x01, 0xc4]), // i64.trunc_*
  ...columns(0xb2, [0x01, 0xc1, 0xa7, 0xa7, 0xa7]), // f32.convert_*, demote
  ...columns(0xb7, [0xac, 0xad, 0x01, 0xc2, 0xac]), // f64.convert_*, promote
  ...columns(0xbc, [0x01, 0x01, 0x01, 0x01]), // reinterpretations
]);

/** Loads and stores of floats, by the integer one that stands for them. */
const ACCESSES = new Map([
  [0x2a, 0x28],
  [0x2b, 0x29],
  [0x38, 0x36],
  [0x39, 0x37],
]);

/** Locals that each function gets, for the value that it folds. */
const FOLDED = { [I32]: 0, [I64]: 1 } as const;

/** Thrown for a module that holds what has no integer counterpart. */
export class NotIntegerizable extends Error {}

/** The first value of the global that results are folded into. */
const FOLD_START = -0x61c8864680b583ebn;

/** An integer instruction, or several, and the type of the value that is to be folded. */
interface Replaced {
  readonly code: readonly number[];
  readonly result: typeof I32 | typeof I64 | undefined;
}

interface Signature {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/**
 * Turns a module of `wasm-opt --translate-to-fuzz` into one of the machine's set that both engines take as the original:
 * floats become integers of the same width; imports become functions that fold what they are given into a last global, and
 * so is the result of every load and every numeric instruction, since most of them are dropped by what follows; most float
 * constants become that global;
 * every function, every global and the memory are exported as `f0`, `g0`, ..., `memory`; `handle` calls all functions
 * without parameters and results.
 */
export function integerize(bytes: Uint8Array, keepStart: boolean): Uint8Array {
  return new Integerizer(bytes).run(keepStart);
}

class Integerizer {
  private readonly sections: Sections = new Map();
  private types: Signature[] = [];
  private imports: number[] = [];
  private functions: number[] = [];
  private globals: number[][] = [];
  private bodies: number[][] = [];
  private readonly reader: Reader;

  constructor(private readonly bytes: Uint8Array) {
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
    if (kind === 1) this.types = reader.list(() => signature(reader));
    else if (kind === 2) this.imports = reader.list(() => functionImport(reader));
    else if (kind === 3) this.functions = reader.list(() => reader.u32());
    else if (kind === 6) this.globals = reader.list(() => global(reader));
    else if (kind === 10) this.bodies = reader.list((index) => this.body(reader, this.types[this.functions[index]]));
    else if (kind === 7 || kind === 0 || kind === 12) return;
    else this.sections.set(kind, rest());
  }

  private assemble(): void {
    const checksum = this.globals.length;
    const handle = this.imports.length + this.functions.length;
    const plain = this.types.findIndex(({ parameters, results }) => parameters.length + results.length === 0);
    const handleType = plain >= 0 ? plain : this.types.push({ parameters: [], results: [] }) - 1;
    const all = [...this.imports, ...this.functions];
    const callable = all.flatMap((type, index) => (type === handleType ? [index] : []));
    const handler = [0x00, ...callable.flatMap((index) => [0x10, ...unsigned(index)]), 0x0b];
    const importBodies = this.imports.map((type) => foldBody(this.types[type], checksum));
    this.put(1, vector(this.types.map(({ parameters, results }) => [0x60, ...sized(parameters), ...sized(results)])));
    this.put(3, vector([...all, handleType].map((type) => unsigned(type))));
    this.put(6, vector([...this.globals, [I64, 0x01, 0x42, ...signed(FOLD_START), 0x0b]]));
    this.put(7, vector(this.exports(handle, checksum)));
    this.put(10, vector([...importBodies, ...this.bodies, handler].map(sized)));
  }

  private body(reader: Reader, { parameters }: Signature): number[] {
    const end = reader.u32() + reader.offset;
    let count = parameters.length;
    const locals = reader.list(() => {
      const [repeated, type] = [reader.u32(), integerType(reader.byte())];
      count += repeated;
      return [...unsigned(repeated), type];
    });
    const code: number[] = [];
    while (reader.offset < end) {
      const replaced = this.fedBack(reader) ?? instruction(reader);
      code.push(...replaced.code);
      if (replaced.result === undefined) continue;
      const local = count + FOLDED[replaced.result];
      code.push(0x22, ...unsigned(local), ...fold(this.globals.length, local, replaced.result));
    }
    return [...vector([...locals, [1, I32], [1, I64]]), ...code];
  }

  /**
   * Most float constants become what was folded so far, so that later instructions work on values that no generator thinks of.
   * Gives undefined, and reads nothing, where the next instruction is something else.
   */
  private fedBack(reader: Reader): Replaced | undefined {
    const opcode = reader.bytes[reader.offset];
    if ((opcode !== 0x43 && opcode !== 0x44) || reader.offset % 3 === 0) return undefined;
    const isLong = opcode === 0x44;
    reader.take(isLong ? 9 : 5);
    return { code: [0x23, ...unsigned(this.globals.length), ...(isLong ? [] : [0xa7])], result: undefined };
  }

  private exports(handle: number, checksum: number): number[][] {
    const functions = Array.from({ length: handle }, (_, index) => [...named(`f${index}`), 0x00, ...unsigned(index)]);
    const globals = Array.from({ length: checksum + 1 }, (_, index) => [
      ...named(`g${index}`),
      0x03,
      ...unsigned(index),
    ]);
    const memory = this.sections.has(5) ? [[...named("memory"), 0x02, 0x00]] : [];
    return [...functions, [...named("handle"), 0x00, ...unsigned(handle)], ...globals, ...memory];
  }

  private put(kind: number, content: readonly number[]): void {
    this.sections.set(kind, Uint8Array.from(content));
  }
}

function columns(first: number, opcodes: readonly number[]): [number, readonly number[]][] {
  return opcodes.map((opcode, index) => [first + index, [opcode]]);
}

function integerType(type: number): number {
  if (type === I32 || type === 0x7d) return I32;
  if (type === I64 || type === 0x7c) return I64;
  throw new NotIntegerizable(`type 0x${type.toString(16)}`);
}

function signature(reader: Reader): Signature {
  if (reader.byte() !== 0x60) throw new NotIntegerizable("a type that is no function");
  const types = (): number[] => reader.list(() => integerType(reader.byte()));
  return { parameters: types(), results: types() };
}

function functionImport(reader: Reader): number {
  reader.name();
  reader.name();
  if (reader.byte() !== 0) throw new NotIntegerizable("an import that is no function");
  return reader.u32();
}

function global(reader: Reader): number[] {
  const head = [integerType(reader.byte()), reader.byte()];
  return [...head, ...expression(reader)];
}

function expression(reader: Reader): number[] {
  const code: number[] = [];
  for (;;) {
    const next = instruction(reader).code;
    code.push(...next);
    if (next[0] === 0x0b) return code;
  }
}

function instruction(reader: Reader): Replaced {
  const start = reader.offset;
  const opcode = reader.byte();
  const replacement = REPLACEMENTS.get(opcode);
  if (replacement !== undefined) return { code: replacement, result: resultType(replacement[replacement.length - 1]) };
  if (opcode === 0x43) return plain(0x41, signed(new DataView(reader.take(4).slice().buffer).getInt32(0, true)));
  if (opcode === 0x44) return plain(0x42, signed(new DataView(reader.take(8).slice().buffer).getBigInt64(0, true)));
  if (opcode >= 0x02 && opcode <= 0x04) return plain(opcode, blockType(reader));
  if (opcode === 0x1c) return plain(opcode, vector(reader.list(() => [integerType(reader.byte())])));
  const integer = ACCESSES.get(opcode) ?? opcode;
  if (!skipImmediates(reader, integer)) throw new NotIntegerizable(`opcode 0x${opcode.toString(16)}`);
  return { code: [integer, ...reader.bytes.subarray(start + 1, reader.offset)], result: resultType(integer) };
}

function plain(opcode: number, immediates: readonly number[]): Replaced {
  return { code: [opcode, ...immediates], result: undefined };
}

function blockType(reader: Reader): number[] {
  const type = reader.signed();
  if (type >= 0n || type === -64n) return signed(type);
  return [integerType(Number(BigInt.asUintN(7, type)))];
}

/** The type that a load or numeric instruction gives; undefined for others. */
function resultType(opcode: number): typeof I32 | typeof I64 | undefined {
  if (opcode >= 0x28 && opcode <= 0x35) return opcode === 0x29 || opcode >= 0x30 ? I64 : I32;
  if (numericEffect(opcode) === undefined) return undefined;
  const isLong = (opcode >= 0x79 && opcode <= 0x8a) || opcode === 0xac || opcode === 0xad || opcode >= 0xc2;
  return isLong ? I64 : I32;
}

/** Multiplies the global by 31 and adds the local. */
function fold(checksum: number, local: number, type: number): number[] {
  return [
    ...[0x23, ...unsigned(checksum), 0x42, 31, 0x7e],
    ...[0x20, ...unsigned(local), ...(type === I32 ? [0xad] : []), 0x7c],
    ...[0x24, ...unsigned(checksum)],
  ];
}

/** A function that folds its parameters into the global `checksum` and gives zeros. */
function foldBody({ parameters, results }: Signature, checksum: number): number[] {
  const folds = parameters.flatMap((type, index) => fold(checksum, index, type));
  return [0x00, ...folds, ...results.flatMap((type) => [type === I32 ? 0x41 : 0x42, 0x00]), 0x0b];
}
