import { MerkleTree } from "../merkle.js";
import type { HostMemory } from "../host.js";
import { WASM_PAGE } from "./images.js";

const TREE_PAGE = 4096;
const TREE_PAGE_BITS = 12;
/** What 65536 pages hold: one more than an unsigned number of 32 bits, so that sizes are divided and not shifted. */
const LARGEST = 2 ** 32;

/**
 * A guest's memory as one flat array, for the stepper, over a tree that shares pages, for hashes and snapshots. A page
 * that equals the tree's is *shared*; whoever writes to it calls `unshare` first.
 */
export class Memory implements HostMemory {
  bytes: Uint8Array;
  /** The same memory; bytes of a word are least significant first on every machine that runs this. */
  words: Int32Array;
  /** By tree page: 1 if the page equals the tree's, 0 if it may differ. */
  shared: Uint8Array;
  /** In WebAssembly pages. */
  pages: number;
  /** What `bytes` are of, once translated code works on it. */
  private flat: WebAssembly.Memory | undefined;
  private tree: MerkleTree;
  private unshared: number[] = [];

  constructor(depth: number, pages: number, content: Uint8Array) {
    this.pages = pages;
    this.bytes = new Uint8Array(pages * WASM_PAGE);
    this.words = new Int32Array(this.bytes.buffer);
    this.shared = new Uint8Array(this.bytes.length / TREE_PAGE).fill(1);
    this.bytes.set(content);
    this.tree = MerkleTree.of(depth, content);
  }

  /** In bytes. */
  get size(): number {
    return this.pages * WASM_PAGE;
  }

  /**
   * From now on the bytes are those of another memory, of as many pages.
   * @param shared Takes the place of `shared`, for all pages that there may come to be.
   */
  flatten(flat: WebAssembly.Memory, shared: Uint8Array): void {
    const { bytes } = this;
    this.flat = flat;
    this.view(flat);
    this.bytes.set(bytes.subarray(0, this.bytes.length));
    shared.fill(1);
    shared.set(this.shared);
    this.shared = shared;
  }

  /** Pages that may differ from the tree's, in the order in which they were first written to. */
  get changedPages(): readonly number[] {
    return this.unshared;
  }

  /** Must be called before a shared page is written to. */
  unshare(page: number): void {
    if (this.shared[page] === 0) return;
    this.shared[page] = 0;
    this.unshared.push(page);
  }

  /** As `unshare`, for the pages of `length` bytes at `address`. */
  unshareRange(address: number, length: number): void {
    const last = (address + length - 1) >>> TREE_PAGE_BITS;
    for (let page = address >>> TREE_PAGE_BITS; page <= last; page++) this.unshare(page);
  }

  read(address: number, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length);
  }

  write(address: number, data: Uint8Array): void {
    this.unshareRange(address, data.length);
    this.bytes.set(data, address);
  }

  /** Adds zero pages. May replace the arrays. */
  grow(pages: number): void {
    this.pages = pages;
    if (this.size <= this.bytes.length) return;
    if (this.flat !== undefined) {
      this.flat.grow(pages - this.bytes.length / WASM_PAGE);
      return this.view(this.flat);
    }
    const capacity = Math.min(Math.max(this.size, 2 * this.bytes.length), LARGEST);
    const bytes = new Uint8Array(capacity);
    bytes.set(this.bytes);
    const shared = new Uint8Array(capacity / TREE_PAGE).fill(1);
    shared.set(this.shared);
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
    this.shared = shared;
  }

  /** The tree of what the memory holds now; all pages are shared with it afterwards. */
  share(): MerkleTree {
    if (this.unshared.length === 0) return this.tree;
    const changed: [number, Uint8Array][] = [];
    for (const page of this.unshared) {
      const data = this.pageBytes(page);
      this.shared[page] = 1;
      if (!equalBytes(data, this.tree.page(page))) changed.push([page, data.slice()]);
    }
    this.unshared = [];
    this.tree = this.tree.withPages(changed);
    return this.tree;
  }

  /** Goes back to what `tree` holds, which this memory once shared. */
  restore(tree: MerkleTree, pages: number): void {
    if (pages > this.pages) this.grow(pages);
    const stale = new Set(this.unshared);
    for (const page of this.tree.differingPages(tree)) stale.add(page);
    for (const page of stale) {
      const data = tree.page(page);
      if (data === undefined) this.pageBytes(page).fill(0);
      else this.pageBytes(page).set(data);
      this.shared[page] = 1;
    }
    this.unshared = [];
    this.tree = tree;
    this.pages = pages;
  }

  private view({ buffer }: WebAssembly.Memory): void {
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
  }

  private pageBytes(page: number): Uint8Array {
    return this.bytes.subarray(page * TREE_PAGE, (page + 1) * TREE_PAGE);
  }
}

function equalBytes(data: Uint8Array, other: Uint8Array | undefined): boolean {
  if (other === undefined) return data.every((byte) => byte === 0);
  return Buffer.compare(data, other) === 0;
}
