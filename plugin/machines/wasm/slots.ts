import { PAGE_HEIGHT, type MerkleTree } from "../merkle.js";

/** Bits of a slot's number within its page of the tree: 512 slots, or all of a smaller tree. */
export const SLOT_PAGE_BITS = PAGE_HEIGHT + 2;

const SLOTS_PER_PAGE = 2 ** SLOT_PAGE_BITS;

/**
 * The 8-byte slots of a tree's first leaves (the stack region, or globals and regions), held as two 32-bit halves each, low half
 * first. The tree holds them with the most significant byte first. Slots below some number are compared with the tree when it is
 * asked for; of those behind it, whoever writes to one marks its page.
 */
export class Slots {
  halves: Int32Array;
  /** By page: 1 if it may differ from the tree's. */
  readonly marks: Uint8Array;

  /** `tree` is what the slots are at first, and what its leaves behind the slots stay. */
  constructor(
    readonly count: number,
    private tree: MerkleTree,
  ) {
    this.halves = new Int32Array(2 * count);
    this.marks = new Uint8Array(Math.ceil(count / SLOTS_PER_PAGE));
    for (let page = 0; page < this.marks.length; page++) if (tree.page(page) !== undefined) this.load(page);
  }

  /** From now on the slots are elsewhere. */
  move(halves: Int32Array): void {
    halves.set(this.halves);
    this.halves = halves;
  }

  /** Slot `index`, unsigned. */
  get(index: number): bigint {
    return BigInt.asUintN(64, (BigInt(this.halves[2 * index + 1]) << 32n) | BigInt(this.halves[2 * index] >>> 0));
  }

  /** Sets slot `index` to the low 64 bits of `value`. */
  set(index: number, value: bigint): void {
    this.halves[2 * index] = Number(BigInt.asIntN(32, value));
    this.halves[2 * index + 1] = Number(BigInt.asIntN(32, value >> 32n));
    this.marks[index >>> SLOT_PAGE_BITS] = 1;
  }

  /** The tree of what the slots hold now, if none at or behind `compared` has changed since the last call but in marked pages. */
  share(compared: number): MerkleTree {
    const changed: [number, Uint8Array][] = [];
    for (const page of this.suspects(compared)) {
      const data = this.tree.page(page);
      const view = data === undefined ? undefined : new DataView(data.buffer, data.byteOffset);
      if (this.differs(page, view)) changed.push([page, this.encode(page, data)]);
    }
    this.marks.fill(0);
    if (changed.length > 0) this.tree = this.tree.withPages(changed);
    return this.tree;
  }

  /** Goes back to what `tree` holds; of the slots at or behind `compared` only those in marked pages differ from the last shared tree. */
  restore(tree: MerkleTree, compared: number): void {
    const stale = this.suspects(compared);
    for (const page of this.tree.differingPages(tree)) stale.add(page);
    this.tree = tree;
    for (const page of stale) this.load(page);
    this.marks.fill(0);
  }

  /** Pages that may differ from the tree's. */
  private suspects(compared: number): Set<number> {
    const pages = new Set<number>();
    for (let page = 0; page * SLOTS_PER_PAGE < compared; page++) pages.add(page);
    for (let page = this.marks.indexOf(1); page >= 0; page = this.marks.indexOf(1, page + 1)) pages.add(page);
    return pages;
  }

  private load(page: number): void {
    const data = this.tree.page(page);
    const { first, end } = this.range(page);
    if (data === undefined) {
      this.halves.fill(0, 2 * first, 2 * end);
      return;
    }
    const view = new DataView(data.buffer, data.byteOffset);
    for (let slot = first; slot < end; slot++) {
      this.halves[2 * slot + 1] = view.getInt32((slot - first) * 8);
      this.halves[2 * slot] = view.getInt32((slot - first) * 8 + 4);
    }
  }

  private differs(page: number, view: DataView | undefined): boolean {
    const { first, end } = this.range(page);
    for (let slot = first; slot < end; slot++) {
      const at = (slot - first) * 8;
      if (this.halves[2 * slot] !== (view?.getInt32(at + 4) ?? 0)) return true;
      if (this.halves[2 * slot + 1] !== (view?.getInt32(at) ?? 0)) return true;
    }
    return false;
  }

  private encode(page: number, rest: Uint8Array | undefined): Uint8Array {
    const data = rest?.slice() ?? new Uint8Array(this.tree.pageSize);
    const view = new DataView(data.buffer);
    const { first, end } = this.range(page);
    for (let slot = first; slot < end; slot++) {
      view.setInt32((slot - first) * 8, this.halves[2 * slot + 1]);
      view.setInt32((slot - first) * 8 + 4, this.halves[2 * slot]);
    }
    return data;
  }

  private range(page: number): { readonly first: number; readonly end: number } {
    const first = page * SLOTS_PER_PAGE;
    return { first, end: Math.min(first + SLOTS_PER_PAGE, this.count) };
  }
}
