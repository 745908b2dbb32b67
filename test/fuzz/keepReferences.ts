import type { Reader } from "../../plugin/machines/wasm/reader.js";
import { EXTERNREF, FUNCREF, I32, type Dialect, type Prepared } from "./dialect.js";
import { FLOATS } from "./keepFloats.js";

const REF_IS_NULL = 0xd1;

/** A module as it is, with floats and references. */
export const REFERENCES: Dialect = { ...FLOATS, changesTables: true, typeOf, instruction };

function typeOf(type: number): number {
  return type === FUNCREF || type === EXTERNREF ? type : FLOATS.typeOf(type);
}

function instruction(reader: Reader): Prepared {
  const isTest = reader.bytes[reader.offset] === REF_IS_NULL;
  const prepared = FLOATS.instruction(reader);
  return isTest ? { ...prepared, result: I32 } : prepared;
}
