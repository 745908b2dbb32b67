import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, ZERO_WORD, type Hex } from "../../../plugin/hex.js";
import { hashInputHeader, type Input } from "../../../plugin/input.js";
import type { MachineState } from "../../../plugin/machines/machine.js";
import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { encodeCode, type Instruction } from "../../../plugin/machines/wasm/instruction.js";
import { packRegisters } from "../../../plugin/machines/wasm/registers.js";
import { WitnessWriter } from "../../../plugin/machines/witness.js";
import type { Step } from "./twins.js";

/** A core as bare trees: for states that no machine could hold in memory. */
export interface RawCore {
  readonly pc: number;
  readonly fp: number;
  readonly pages: number;
  readonly memory: MerkleTree;
  readonly stack: MerkleTree;
  readonly tables: MerkleTree;
}

/** A step of a bare core: what follows the code's opening in the witness is written by `touch`. */
export function rawStep(
  instruction: Instruction,
  codeDepth: number,
  before: RawCore,
  after: RawCore,
  input: Input,
  touch: (writer: WitnessWriter) => void,
): Step {
  const leaf = new Uint8Array(32);
  leaf.set(encodeCode([instruction]), 16 * (before.pc & 1));
  const code = crowd(MerkleTree.empty(codeDepth), before.pc >>> 1).withLeaf(before.pc >>> 1, leaf);
  const depths = new Uint8Array(32);
  depths.set([codeDepth, before.memory.depth, before.stack.depth, before.tables.depth]);
  const writer = new WitnessWriter();
  for (const part of [code.root(), depths, ...parts(before)]) writer.bytes(part);
  writer.opening(code.opening(before.pc >>> 1));
  touch(writer);
  const program = bytesToHex(keccak_256(concatBytes(code.root(), depths)));
  const checkpoint: Hex = `0x${"c9".repeat(32)}`;
  const state = { checkpoint, outputRoot: ZERO_WORD, rejections: ZERO_WORD, inputCount: 1n, deadline: 1000n };
  return {
    context: { program, inputHash: hashInputHeader(input.header), step: 7n },
    before: { ...state, core: hashCore(before) },
    witness: writer.finish(),
    after: { ...state, core: hashCore(after) } satisfies MachineState,
  };
}

/** The tree with a leaf beside each node of the path to `index`, so that no sibling can be left out. */
export function crowd(tree: MerkleTree, index: number): MerkleTree {
  let crowded = tree;
  for (let height = 0; height < tree.depth; height++) {
    const start = index - (index % 2 ** height);
    const beside = (index >>> height) & 1 ? start - 2 ** height : start + 2 ** height;
    crowded = crowded.withLeaf(beside, keccak_256(new Uint8Array([height])));
  }
  return crowded;
}

/** The tree with 64 bits in slot `index`. */
export function withSlot(tree: MerkleTree, index: number, value: bigint): MerkleTree {
  const leaf = tree.leaf(Math.floor(index / 4)).slice();
  new DataView(leaf.buffer).setBigUint64((index % 4) * 8, value);
  return tree.withLeaf(Math.floor(index / 4), leaf);
}

function hashCore(core: RawCore): Hex {
  return bytesToHex(keccak_256(concatBytes(...parts(core))));
}

function parts({ pc, fp, pages, memory, stack, tables }: RawCore): Uint8Array[] {
  return [
    packRegisters({ pc, fp, pages } as Parameters<typeof packRegisters>[0]),
    memory.root(),
    stack.root(),
    tables.root(),
  ];
}
