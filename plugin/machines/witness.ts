import { concatBytes } from "@noble/hashes/utils.js";

import type { MerkleTree } from "./merkle.js";
import { type Opening } from "./merkle.js";

/** Collects the bytes of a witness in the order in which a step reads them. */
export class WitnessWriter {
  private readonly parts: Uint8Array[] = [];

  bytes(part: Uint8Array): void {
    this.parts.push(part);
  }

  opening({ leaves, bitmap, siblings }: Opening): void {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, bitmap);
    this.parts.push(leaves, head, ...siblings);
  }

  /** A source's proof behind its length in two bytes. */
  proof(proof: Uint8Array): void {
    this.parts.push(new Uint8Array([proof.length >>> 8, proof.length & 0xff]), proof);
  }

  finish(): Uint8Array {
    return concatBytes(...this.parts);
  }
}

/**
 * A tree as a step sees it: touching a leaf that is not the current one puts its opening into the witness; a write
 * changes the current leaf, and later openings are of the changed tree.
 */
export class Cursor {
  private current: number | undefined;

  constructor(
    private tree: MerkleTree,
    private readonly writer: WitnessWriter,
  ) {}

  /** Makes the leaf at `index` current and gives it. */
  touch(index: number): Uint8Array {
    if (index !== this.current) this.writer.opening(this.tree.opening(index));
    this.current = index;
    return this.tree.leaf(index);
  }

  /** Replaces the current leaf. */
  write(leaf: Uint8Array): void {
    if (this.current === undefined) throw new Error("no current leaf");
    this.tree = this.tree.withLeaf(this.current, leaf);
  }

  /** Opens the aligned subtree of `2^height` leaves at `index` and gives its bytes; afterwards no leaf is current. */
  subtree(index: number, height: number): Uint8Array {
    const opening = this.tree.opening(index, height);
    this.writer.opening(opening);
    this.current = undefined;
    return opening.leaves;
  }
}
