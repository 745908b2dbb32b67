import { MerkleTree } from "../../merkle.js";
import { WASM_PAGE } from "../images.js";
import { SLOT_PAGE_BITS, type Slots } from "../slots.js";
import type { RegionPlan } from "./regionPlan.js";

/** Regions on V8 beside the machine's: what is marked is what may differ. Globals' slots are there, and mean nothing. */
export class V8Slots {
  readonly memory: WebAssembly.Memory;
  private readonly halves: Int32Array;
  private readonly marks: Uint8Array;
  private synced: MerkleTree;

  /** @throws {RangeError} if there is no room for it. */
  constructor(
    depth: number,
    private readonly plan: RegionPlan,
  ) {
    const pages = Math.ceil(plan.slots / 2 ** SLOT_PAGE_BITS);
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((plan.marksAt + pages) / WASM_PAGE) });
    this.halves = new Int32Array(this.memory.buffer, 0, 2 * plan.slots);
    this.marks = new Uint8Array(this.memory.buffer, plan.marksAt, pages);
    this.synced = MerkleTree.empty(depth);
  }

  /** Slot `index`, unsigned. */
  get(index: number): bigint {
    return BigInt.asUintN(64, (BigInt(this.halves[2 * index + 1]) << 32n) | BigInt(this.halves[2 * index] >>> 0));
  }

  /** Takes over the machine's slots, which `tree` holds. */
  load(slots: Slots, tree: MerkleTree): void {
    for (const page of this.synced.differingPages(tree)) this.copy(slots.halves, this.halves, page);
    this.synced = tree;
  }

  /** Gives the machine's slots what instructions have changed; `share` gives the tree of all slots then. */
  save(slots: Slots, share: () => MerkleTree): void {
    for (const page of this.takeMarked()) {
      this.copy(this.halves, slots.halves, page);
      slots.marks[page] = 1;
    }
    this.synced = share();
  }

  /** Goes back to what the machine's slots hold. */
  undo(slots: Slots): void {
    for (const page of this.takeMarked()) this.copy(slots.halves, this.halves, page);
  }

  private takeMarked(): number[] {
    const pages: number[] = [];
    for (let page = this.marks.indexOf(1); page >= 0; page = this.marks.indexOf(1, page + 1)) pages.push(page);
    this.marks.fill(0);
    return pages;
  }

  /** Copies a page's slots, but for those of globals. */
  private copy(from: Int32Array, to: Int32Array, page: number): void {
    const start = 2 * Math.max(page << SLOT_PAGE_BITS, this.plan.globals);
    const end = Math.min((page + 1) << (SLOT_PAGE_BITS + 1), from.length);
    if (start < end) to.set(from.subarray(start, end), start);
  }
}
