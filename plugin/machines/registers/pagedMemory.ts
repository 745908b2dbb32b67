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

/** Bytes that are turned round together where that is done. */
const WORD = 4;

/** Bytes that are a word of the tree, or some of them. */
const FEW = 256;

const SHARED = 1;
const WATCHED = 2;

/** What translated code shares with the memory that it works on. */
export interface FlatMemory {
  /** 4 GiB, zero. */
  readonly buffer: ArrayBuffer;
  /** By page; takes the place of the memory's own. */
  readonly guards: Uint8Array<ArrayBuffer>;
  /** By word a bit: whether something is kept of the code in there. */
  readonly codeBits: Uint8Array;
}

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
  guards = new Uint8Array(TREE_PAGES).fill(SHARED);
  /** All of it, once translated code works on it. */
  private flat: FlatMemory | undefined;
  /** What turns an address into the place of its byte. */
  private readonly flip: number;
  private tree = MerkleTree.empty(MEMORY_DEPTH);
  private unshared: number[] = [];

  /**
   * @param watcher Told of what is about to change in watched pages.
   * @param order Whether windows hold the bytes of each word in the order of their addresses, as the tree does, or the other way round: what
   * the instruction set calls its most significant byte has to be there what this computer calls so.
   */
  constructor(
    private readonly watcher: (address: number, length: number) => void,
    order: "little-endian" | "big-endian" = "little-endian",
  ) {
    this.flip = order === "big-endian" ? 3 : 0;
  }

  watch(page: number): void {
    this.guards[page] |= WATCHED;
  }

  /** From now on all windows are parts of one memory, and what translated code must know of pages is there for it. */
  flatten(flat: FlatMemory): void {
    this.flat = flat;
    flat.guards.set(this.guards);
    this.guards = flat.guards;
    for (const [index, window] of this.windows.entries()) {
      if (window === ZERO_WINDOW) continue;
      this.windows[index] = ZERO_WINDOW;
      this.makeWindow(index);
      this.windows[index].set(window);
    }
  }

  /** Something is kept of the code in the word at an address. */
  keepCode(address: number): void {
    if (this.flat !== undefined) this.flat.codeBits[address >>> 5] |= 1 << ((address >>> 2) & 7);
  }

  /** Must be called before `length` bytes at `address`, all of one page, are written to, if the page is guarded. */
  prepare(address: number, length: number): void {
    const page = address >>> TREE_PAGE_BITS;
    if ((this.guards[page] & WATCHED) !== 0) this.forgetCode(address, length);
    if ((this.guards[page] & SHARED) === 0) return;
    this.guards[page] &= ~SHARED;
    this.unshared.push(page);
    this.makeWindow(Math.floor(page / PAGES_OF_WINDOW));
  }

  /** Pages that may differ from the tree's, in the order in which they were first written to. */
  get changedPages(): readonly number[] {
    return this.unshared;
  }

  /** Byte `address`, which counts modulo the size. */
  byte(address: number): number {
    return this.windows[address >>> WINDOW_BITS][(address & (WINDOW - 1)) ^ this.flip];
  }

  setByte(address: number, value: number): void {
    this.prepare(address, 1);
    this.windows[address >>> WINDOW_BITS][(address & (WINDOW - 1)) ^ this.flip] = value;
  }

  read(address: number, length: number): Uint8Array {
    if (this.flip === 0) return this.readWindows(address, length);
    const start = address - (address % WORD);
    const words = this.readWindows(start, Math.ceil((address + length - start) / WORD) * WORD).slice();
    swapWords(words);
    return words.subarray(address - start, address - start + length);
  }

  write(address: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = address + done;
      const part = data.subarray(done, done + TREE_PAGE - (at % TREE_PAGE));
      this.prepare(at, part.length);
      if (this.flip === 0) this.windows[at >>> WINDOW_BITS].set(part, at % WINDOW);
      else this.writeFlipped(at, part);
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
      const before = this.tree.page(page) ?? ZERO_WINDOW.subarray(0, TREE_PAGE);
      if (this.flip !== 0) {
        const flipped = data.slice();
        swapWords(flipped);
        if (Buffer.compare(flipped, before) !== 0) changed.push([page, flipped]);
      } else if (Buffer.compare(data, before) !== 0) changed.push([page, data.slice()]);
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
      if ((this.guards[page] & WATCHED) !== 0) this.forgetCode(page * TREE_PAGE, TREE_PAGE);
      this.makeWindow(Math.floor(page / PAGES_OF_WINDOW));
      const [bytes, data] = [this.pageBytes(page), tree.page(page)];
      if (data === undefined) bytes.fill(0);
      else bytes.set(data);
      if (this.flip !== 0) swapWords(bytes);
      this.guards[page] |= SHARED;
    }
    this.unshared = [];
    this.tree = tree;
  }

  /** Bytes as windows hold them. */
  private readWindows(address: number, length: number): Uint8Array {
    const start = address % WINDOW;
    if (start + length <= WINDOW) return this.windows[address >>> WINDOW_BITS].subarray(start, start + length);
    const data = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const room = Math.min(length - done, WINDOW - ((address + done) % WINDOW));
      data.set(this.readWindows(address + done, room), done);
      done += room;
    }
    return data;
  }

  /** Bytes of one page, with those around them in their words. */
  private writeFlipped(address: number, data: Uint8Array): void {
    const start = address - (address % WORD);
    const aligned = start === address && data.length % WORD === 0;
    const words = aligned ? data.slice() : this.read(start, Math.ceil((address + data.length - start) / WORD) * WORD);
    if (!aligned) words.set(data, address - start);
    swapWords(words);
    this.windows[start >>> WINDOW_BITS].set(words, start % WINDOW);
  }

  private forgetCode(address: number, length: number): void {
    this.watcher(address, length);
    if (this.flat === undefined) return;
    const last = (address >>> 0) + length - 1;
    for (let word = address >>> 2; word <= last >>> 2; word++) this.flat.codeBits[word >>> 3] &= ~(1 << (word & 7));
  }

  private makeWindow(index: number): void {
    if (this.windows[index] !== ZERO_WINDOW) return;
    const buffer = this.flat?.buffer ?? new ArrayBuffer(WINDOW);
    const start = this.flat === undefined ? 0 : index * WINDOW;
    this.windows[index] = new Uint8Array(buffer, start, WINDOW);
    this.words[index] = new Int32Array(buffer, start, WINDOW / 4);
  }

  private pageBytes(page: number): Uint8Array {
    const start = (page % PAGES_OF_WINDOW) * TREE_PAGE;
    return this.windows[Math.floor(page / PAGES_OF_WINDOW)].subarray(start, start + TREE_PAGE);
  }
}

/** Turns the bytes of every word round. Few are done here, since a call takes longer. */
function swapWords(bytes: Uint8Array): void {
  if (bytes.length > FEW) {
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap32();
    return;
  }
  for (let at = 0; at < bytes.length; at += WORD) {
    const [first, second] = [bytes[at], bytes[at + 1]];
    bytes[at] = bytes[at + 3];
    bytes[at + 1] = bytes[at + 2];
    bytes[at + 2] = second;
    bytes[at + 3] = first;
  }
}
