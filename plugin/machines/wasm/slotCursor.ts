import type { Cursor } from "../witness.js";
import { SLOTS_PER_LEAF } from "./instruction.js";

/** A tree of 8-byte slots, four to a leaf, as an instruction sees it. */
export class SlotCursor {
  constructor(private readonly cursor: Cursor) {}

  /** Touches slot `index` and gives its value. */
  touch(index: number): bigint {
    const leaf = this.cursor.touch(Math.floor(index / SLOTS_PER_LEAF));
    return new DataView(leaf.buffer, leaf.byteOffset).getBigUint64((index % SLOTS_PER_LEAF) * 8);
  }
}
