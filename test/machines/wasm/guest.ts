import binaryen from "binaryen";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, ZERO_WORD } from "../../../plugin/hex.js";
import type { Input, InputHeader } from "../../../plugin/input.js";
import { loadWasmProgram, type WasmProgram } from "../../../plugin/machines/wasm/index.js";
import { wordAt, WordTree } from "../../../plugin/sources/wordTree.js";
import { assembleModule } from "../../fuzz/binary.js";

const { BulkMemory, ExtendedConst, Multivalue, MutableGlobals } = binaryen.Features;
const { NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
const FEATURES =
  BulkMemory | ExtendedConst | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt;

/** The binary of a module in text. Not optimized: what is written is what runs. */
export function assemble(text: string, features = FEATURES): Uint8Array {
  const module = binaryen.parseText(text);
  module.setFeatures(features);
  try {
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** A module of sections' contents by their kind. */
export function assembleSections(sections: Readonly<Record<number, readonly number[]>>): Uint8Array {
  return assembleModule(
    new Map(Object.entries(sections).map(([kind, content]) => [Number(kind), Uint8Array.from(content)])),
  );
}

/** The program of a module's fields in text, with an empty handler unless they hold one. */
export function program(fields: string): WasmProgram {
  const handler = fields.includes('(export "handle")') ? "" : '(func (export "handle"))';
  return loadWasmProgram(assemble(`(module ${fields} ${handler})`));
}

/** An input with these bytes. */
export function inputOf(data: Uint8Array, header: Partial<InputHeader> = {}): Input {
  const tree = new WordTree(data);
  return {
    header: {
      previous: ZERO_WORD,
      kind: "batch",
      sender: `0x${"5e".repeat(20)}`,
      source: `0x${"50".repeat(20)}`,
      commitment: tree.root,
      length: BigInt(data.length),
      budget: 1_000_000n,
      number: 7n,
      timestamp: 1_700_000_000n,
      blockNumber: 1_234n,
      ...header,
    },
    data,
    proveWord: (index) => new Uint8Array(Buffer.concat([wordAt(data, index), tree.prove(index)])),
  };
}

export const NO_DATA = inputOf(new Uint8Array());

/** The bytes as text of hexadecimal digits, with their keccak256. */
export function hashOf(data: Uint8Array): `0x${string}` {
  return bytesToHex(keccak_256(data));
}

/** Text of the hosts' imports. */
export const IMPORTS = `
  (import "rollup" "input_word" (func $input_word (param i32 i32)))
  (import "rollup" "publish" (func $publish (param i32)))
  (import "rollup" "reject" (func $reject))
  (import "rollup" "preimage_word" (func $preimage_word (param i32 i32 i32)))
  (import "rollup" "log" (func $log (param i32 i32)))
  (import "rollup" "keccak256" (func $keccak256 (param i32 i32 i32)))
  (import "rollup" "ecrecover" (func $ecrecover (param i32 i32)))
  (import "rollup" "sha256" (func $sha256 (param i32 i32 i32)))`;
