import type { MerkleTree } from "../merkle.js";

/**
 * The 8-byte slots of a tree's first leaves (the stack region, or the globals), held as two 32-bit halves each, low half
 * first. The tree holds them with the most significant byte first.
 */
export class Slots {
  readonly halves: Int32Array;

  /** `tree` is what the slots are at first, and what its leaves behind the slots stay. */
  constructor(
    readonly count: number,
    private tree: MerkleTree,
  ) {
    this.halves = new Int32Array(2 * count);
    this.load(tree, count);
  }

  /** Slot `index`, unsigned. */
  get(index: number): bigint {
    return BigInt.asUintN(64, (BigInt(this.halves[2 * index + 1]) << 32n) | BigInt(this.halves[2 * index] >>> 0));
  }

  /** Sets slot `index` to the low 64 bits of `value`. */
  set(index: number, value: bigint): void {
    this.halves[2 * index] = Number(BigInt.asIntN(32, value));
    this.halves[2 * index + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }

  /** The tree of what the slots hold now, if none at or behind `used` has changed since the last call. */
  share(used: number): MerkleTree {
    const perPage = this.tree.pageSize / 8;
    const changed: [number, Uint8Array][] = [];
    for (let page = 0; page * perPage < used; page++) {
      const data = this.tree.page(page);
      const view = data === undefined ? undefined : new DataView(data.buffer, data.byteOffset);
      if (!this.differs(page * perPage, perPage, view)) continue;
      changed.push([page, this.encode(page * perPage, perPage, data)]);
    }
    this.tree = this.tree.withPages(changed);
    return this.tree;
  }

  /** Goes back to what `tree` holds; no slot at or behind `used` differs from it. */
  restore(tree: MerkleTree, used: number): void {
    this.tree = tree;
    this.load(tree, used);
  }

  private load(tree: MerkleTree, used: number): void {
    const perPage = tree.pageSize / 8;
    for (let first = 0; first < used; first += perPage) {
      const data = tree.page(first / perPage);
      const end = Math.min(first + perPage, this.count);
      if (data === undefined) {
        this.halves.fill(0, 2 * first, 2 * end);
        continue;
      }
      const view = new DataView(data.buffer, data.byteOffset);
      for (let slot = first; slot < end; slot++) {
        this.halves[2 * slot + 1] = view.getInt32((slot - first) * 8);
        this.halves[2 * slot] = view.getInt32((slot - first) * 8 + 4);
      }
    }
  }

  private differs(first: number, count: number, view: DataView | undefined): boolean {
    const end = Math.min(first + count, this.count);
    for (let slot = first; slot < end; slot++) {
      const at = (slot - first) * 8;
      if (this.halves[2 * slot] !== (view?.getInt32(at + 4) ?? 0)) return true;
      if (this.halves[2 * slot + 1] !== (view?.getInt32(at) ?? 0)) return true;
    }
    return false;
  }

  private encode(first: number, count: number, rest: Uint8Array | undefined): Uint8Array {
    const data = rest?.slice() ?? new Uint8Array(count * 8);
    const view = new DataView(data.buffer);
    const end = Math.min(first + count, this.count);
    for (let slot = first; slot < end; slot++) {
      view.setInt32((slot - first) * 8, this.halves[2 * slot + 1]);
      view.setInt32((slot - first) * 8 + 4, this.halves[2 * slot]);
    }
    return data;
  }
}
