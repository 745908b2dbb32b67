import { MerkleTree } from "../../merkle.js";
import type { HostMemory } from "../../host.js";
import { WASM_PAGE } from "../images.js";
import type { Memory } from "../memory.js";

const TREE_PAGE = 4096;
const TREE_PAGE_BITS = 12;

/** Bytes of a store that may lie behind the page of its first byte. */
const OVERHANG = 7;

/** A guest's memory on V8 beside the machine's: what is marked is what may differ. */
export class V8Memory implements HostMemory {
  readonly memory: WebAssembly.Memory;
  /** Byte `n` is not 0 if a store began in tree page `n`. */
  readonly marks: WebAssembly.Memory;
  bytes: Uint8Array;
  private readonly marked: Uint8Array;
  private synced: MerkleTree;

  /** @throws {RangeError} if there is no room for it. */
  constructor(
    depth: number,
    pages: number,
    private readonly maximumPages: number,
  ) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: Math.max(pages, maximumPages) });
    const pageCount = (maximumPages * WASM_PAGE) / TREE_PAGE;
    this.marks = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(pageCount / WASM_PAGE)) });
    this.marked = new Uint8Array(this.marks.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.synced = MerkleTree.empty(depth);
  }

  /** In bytes. */
  get size(): number {
    return this.bytes.length;
  }

  get pages(): number {
    return this.size / WASM_PAGE;
  }

  /**
   * What `memory.grow` gives.
   * @throws {RangeError} if V8 has no room where the machine has.
   */
  grow(delta: number): number {
    const before = this.pages;
    if (before + delta > this.maximumPages) return -1;
    this.memory.grow(delta);
    this.bytes = new Uint8Array(this.memory.buffer);
    return before;
  }

  read(address: number, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length);
  }

  write(address: number, data: Uint8Array): void {
    this.marked.fill(1, address >>> TREE_PAGE_BITS, ((address + data.length - 1) >>> TREE_PAGE_BITS) + 1);
    this.bytes.set(data, address);
  }

  /** Takes over what the machine's memory holds; `pages` must be the same. */
  load(memory: Memory): void {
    const tree = memory.share();
    for (const page of this.synced.differingPages(tree)) this.copy(memory.bytes, this.bytes, page);
    this.synced = tree;
  }

  /** Gives the machine's memory what stores have changed. */
  save(memory: Memory): void {
    if (this.pages > memory.pages) memory.grow(this.pages);
    for (const page of this.takeMarked(memory)) {
      memory.unshare(page);
      this.copy(this.bytes, memory.bytes, page);
    }
    this.synced = memory.share();
  }

  /** Goes back to what the machine's memory holds. Only where this has not grown. */
  undo(memory: Memory): void {
    for (const page of this.takeMarked(memory)) this.copy(memory.bytes, this.bytes, page);
  }

  /** The pages that stores may have changed, whose marks are taken off; a store may reach into the page behind its own. */
  private takeMarked(memory: Memory): Set<number> {
    const pages = new Set<number>();
    const count = this.size / TREE_PAGE;
    const marked = this.marked.subarray(0, count);
    for (let page = marked.indexOf(1); page >= 0; page = marked.indexOf(1, page + 1)) {
      marked[page] = 0;
      pages.add(page);
      if (page + 1 < count && this.reachedInto(page + 1, memory)) pages.add(page + 1);
    }
    return pages;
  }

  private reachedInto(page: number, memory: Memory): boolean {
    const start = page * TREE_PAGE;
    for (let at = start; at < start + OVERHANG; at++) if (this.bytes[at] !== memory.bytes[at]) return true;
    return false;
  }

  private copy(from: Uint8Array, to: Uint8Array, page: number): void {
    const [start, end] = [page * TREE_PAGE, Math.min((page + 1) * TREE_PAGE, from.length, to.length)];
    if (start < end) to.set(from.subarray(start, end), start);
  }
}
