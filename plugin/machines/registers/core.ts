import { bytesToHex, type Hex } from "../../hex.js";
import { hashParts } from "../hashing.js";
import { MerkleTree } from "../merkle.js";

/** Numbers that fit a core: 32 general registers first, then the machine's own. */
export const REGISTER_COUNT = 40;

/** The core of a machine's state with registers and a flat memory, shared with whoever took it; never changes. */
export interface RegisterCore {
  /** `REGISTER_COUNT` of them, as signed numbers. */
  readonly registers: Int32Array;
  readonly memory: MerkleTree;
}

/** 160 bytes: every register in four, the most significant first. */
export function packRegisters({ registers }: RegisterCore): Uint8Array {
  const packed = new Uint8Array(4 * REGISTER_COUNT);
  const view = new DataView(packed.buffer);
  registers.forEach((value, index) => view.setInt32(4 * index, value));
  return packed;
}

/** The twin of `packRegisters`; undefined for what it gives nothing of. */
export function unpackRegisters(packed: Uint8Array): Int32Array | undefined {
  if (packed.length !== 4 * REGISTER_COUNT) return undefined;
  const view = new DataView(packed.buffer, packed.byteOffset);
  return Int32Array.from({ length: REGISTER_COUNT }, (_, index) => view.getInt32(4 * index));
}

/** The `core` of a machine's state. */
export function hashRegisterCore(core: RegisterCore): Hex {
  MerkleTree.hash([core.memory]);
  return bytesToHex(hashParts(packRegisters(core), core.memory.root()));
}
