import { FLOAT_OPERATIONS } from "../../plugin/machines/softfloat/operations.js";
import { rewriteBody, unsignedLeb } from "../../plugin/machines/wasm/lowering/rewrite.js";
import { Reader } from "../../plugin/machines/wasm/reader.js";
import { movesBits } from "../softfloat/checker.js";
import { assembleModule, sized, vector, type Sections } from "./binary.js";
import { F32, F64 } from "./dialect.js";

/** The type of the NaN that an instruction may compute, by opcode. */
const MAY_BE_NAN: ReadonlyMap<number, "f32" | "f64"> = new Map(
  FLOAT_OPERATIONS.filter((operation) => !movesBits(operation)).flatMap(({ opcode, result }) =>
    result === "f32" || result === "f64" ? [[opcode, result]] : [],
  ),
);

/** Functions that give their number, or the canonical NaN for any other. */
const CANONICAL = {
  f32: { type: F32, body: [0x00, 0x20, 0, 0x43, 0, 0, 0xc0, 0x7f, 0x20, 0, 0x20, 0, 0x5b, 0x1b, 0x0b] },
  f64: { type: F64, body: [0x00, 0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0x20, 0, 0x20, 0, 0x61, 0x1b, 0x0b] },
} as const;

/** The same module for an engine that leaves open which NaN it computes: with the machine's rule, after every instruction. */
export function canonicalizeNaNs(bytes: Uint8Array): Uint8Array {
  const sections = readSections(bytes);
  const types = itemsOf(sections, 1, skipType);
  const functions = itemsOf(sections, 3, (reader) => void reader.u32());
  const call = {
    f32: [0x10, ...unsignedLeb(functions.length)],
    f64: [0x10, ...unsignedLeb(functions.length + 1)],
  };
  const bodies = itemsOf(sections, 10, (reader) => void reader.take(reader.u32())).map((item) =>
    sized(canonicalBody(item, call)),
  );
  const put = (kind: number, items: readonly (readonly number[])[]): void => {
    sections.set(kind, Uint8Array.from(vector(items)));
  };
  const added = Object.values(CANONICAL);
  put(1, [...types.map((item) => [...item]), ...added.map(({ type }) => [0x60, 1, type, 1, type])]);
  put(3, [...functions.map((item) => [...item]), ...added.map((_, index) => unsignedLeb(types.length + index))]);
  put(10, [...bodies, ...added.map(({ body }) => sized(body))]);
  return assembleModule(sections);
}

function readSections(bytes: Uint8Array): Sections {
  const reader = new Reader(bytes, 8);
  const sections: Sections = new Map();
  while (!reader.done) sections.set(reader.byte(), reader.take(reader.u32()));
  return sections;
}

/** The items of a section, each as its bytes. */
function itemsOf(sections: Sections, kind: number, skip: (reader: Reader) => void): Uint8Array[] {
  const bytes = sections.get(kind) ?? new Uint8Array([0]);
  const reader = new Reader(bytes);
  return reader.list(() => {
    const start = reader.offset;
    skip(reader);
    return bytes.subarray(start, reader.offset);
  });
}

function skipType(reader: Reader): void {
  reader.byte();
  reader.take(reader.u32()); // parameters
  reader.take(reader.u32()); // results
}

function canonicalBody(item: Uint8Array, call: Readonly<Record<"f32" | "f64", readonly number[]>>): number[] {
  const reader = new Reader(item);
  reader.u32();
  const locals = reader.offset;
  reader.list(() => [reader.u32(), reader.byte()]);
  const body = { bytes: item, locals: [], start: reader.offset, end: item.length };
  const code = rewriteBody(body, (opcode) => {
    const type = MAY_BE_NAN.get(opcode);
    return type === undefined ? undefined : [opcode, ...call[type]];
  });
  return [...item.subarray(locals, reader.offset), ...code.bytes.subarray(code.start, code.end)];
}
