import type { HostMemory } from "../host.js";
import { MerkleTree } from "../merkle.js";

/** Of the tree over 4 GiB. */
export const MEMORY_DEPTH = 27;
export const MEMORY_SIZE = 2 ** 32;

const TREE_PAGE = 4096;
export const TREE_PAGE_BITS = 12;
const TREE_PAGES = MEMORY_SIZE / TREE_PAGE;

/** Bits of an address within a window. */
export const WINDOW_BITS = 16;
const WINDOW = 2 ** WINDOW_BITS;
const WINDOWS = MEMORY_SIZE / WINDOW;
const PAGES_OF_WINDOW = WINDOW / TREE_PAGE;

const SHARED = 1;
const WATCHED = 2;

/** What nobody has written to. Not to be written to. */
const ZERO_WINDOW = new Uint8Array(WINDOW);

/**
 * 4 GiB of memory, of which only what was written to takes room: windows of 64 KiB for the stepper, over a tree that shares pages, for
 * hashes and snapshots. A page of 4 KiB that equals the tree's is *shared*, and one that somebody keeps something of is *watched*; whoever
 * writes to a page that is guarded in either way calls `prepare` first.
 */
export class PagedMemory implements HostMemory {
  readonly size = MEMORY_SIZE;
  /** By window. One that is not there yet is zero; after `prepare` of one of its pages it is another array. */
  readonly windows: Uint8Array[] = new Array<Uint8Array>(WINDOWS).fill(ZERO_WINDOW);
  /** The same windows. */
  readonly words: Int32Array[] = new Array<Int32Array>(WINDOWS).fill(new Int32Array(ZERO_WINDOW.buffer));
  /** By page: 0 if it can be written to. */
  readonly guards = new Uint8Array(TREE_PAGES).fill(SHARED);
  private tree = MerkleTree.empty(MEMORY_DEPTH);
  private unshared: number[] = [];

  /** @param watcher Told of what is about to change in watched pages. */
  constructor(private readonly watcher: (address: number, length: number) => void) {}

  watch(page: number): void {
    this.guards[page] |= WATCHED;
  }

  /** Must be called before `length` bytes at `address`, all of one page, are written to, if the page is guarded. */
  prepare(address: number, length: number): void {
    const page = address >>> TREE_PAGE_BITS;
    if ((this.guards[page] & WATCHED) !== 0) this.watcher(address, length);
    if ((this.guards[page] & SHARED) === 0) return;
    this.guards[page] &= ~SHARED;
    this.unshared.push(page);
    this.makeWindow(Math.floor(page / PAGES_OF_WINDOW));
  }

  /** Byte `address`, which counts modulo the size. */
  byte(address: number): number {
    return this.windows[address >>> WINDOW_BITS][address & (WINDOW - 1)];
  }

  setByte(address: number, value: number): void {
    this.prepare(address, 1);
    this.windows[address >>> WINDOW_BITS][address & (WINDOW - 1)] = value;
  }

  read(address: number, length: number): Uint8Array {
    const start = address % WINDOW;
    if (start + length <= WINDOW) return this.windows[address >>> WINDOW_BITS].subarray(start, start + length);
    const data = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const room = Math.min(length - done, WINDOW - ((address + done) % WINDOW));
      data.set(this.read(address + done, room), done);
      done += room;
    }
    return data;
  }

  write(address: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = address + done;
      const part = data.subarray(done, done + TREE_PAGE - (at % TREE_PAGE));
      this.prepare(at, part.length);
      this.windows[at >>> WINDOW_BITS].set(part, at % WINDOW);
      done += part.length;
    }
  }

  /** The tree of what the memory holds now; all pages are shared with it afterwards. */
  share(): MerkleTree {
    if (this.unshared.length === 0) return this.tree;
    const changed: [number, Uint8Array][] = [];
    for (const page of this.unshared) {
      const data = this.pageBytes(page);
      this.guards[page] |= SHARED;
      if (Buffer.compare(data, this.tree.page(page) ?? ZERO_WINDOW.subarray(0, TREE_PAGE)) !== 0) {
        changed.push([page, data.slice()]);
      }
    }
    this.unshared = [];
    this.tree = this.tree.withPages(changed);
    return this.tree;
  }

  /** Goes back to what `tree` holds. */
  restore(tree: MerkleTree): void {
    const stale = new Set(this.unshared);
    for (const page of this.tree.differingPages(tree)) stale.add(page);
    for (const page of stale) {
      if ((this.guards[page] & WATCHED) !== 0) this.watcher(page * TREE_PAGE, TREE_PAGE);
      this.makeWindow(Math.floor(page / PAGES_OF_WINDOW));
      const data = tree.page(page);
      if (data === undefined) this.pageBytes(page).fill(0);
      else this.pageBytes(page).set(data);
      this.guards[page] |= SHARED;
    }
    this.unshared = [];
    this.tree = tree;
  }

  private makeWindow(index: number): void {
    if (this.windows[index] !== ZERO_WINDOW) return;
    this.windows[index] = new Uint8Array(WINDOW);
    this.words[index] = new Int32Array(this.windows[index].buffer);
  }

  private pageBytes(page: number): Uint8Array {
    const start = (page % PAGES_OF_WINDOW) * TREE_PAGE;
    return this.windows[Math.floor(page / PAGES_OF_WINDOW)].subarray(start, start + TREE_PAGE);
  }
}
