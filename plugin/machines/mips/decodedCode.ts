import { TREE_PAGE_BITS, type PagedMemory } from "../registers/pagedMemory.js";
import { decode, NAMES, type Name } from "./decode.js";

/** Numbers of instructions, for the stepper. */
export const NUMBER: Readonly<Record<Name, number>> = Object.fromEntries(
  NAMES.map((name, number) => [name, number]),
) as Record<Name, number>;

const PAGE = 2 ** TREE_PAGE_BITS;

/** Where results go that are to be in `$0`: the place of the program counter, which the stepper holds elsewhere. */
const NOWHERE = 32;

/**
 * Instructions as the stepper wants them, taken apart when they are first executed. A page has two numbers for each: `number u8 |
 * destination u8 | first u8 | second u8` from the lowest bits, and the immediate. A number of 0 says that it was not taken apart.
 */
export class DecodedCode {
  private readonly pages = new Map<number, Int32Array>();

  /** The page of an address; new ones are empty and watched. */
  page(index: number, memory: PagedMemory): Int32Array {
    const known = this.pages.get(index);
    if (known !== undefined) return known;
    const page = new Int32Array(PAGE / 2);
    this.pages.set(index, page);
    memory.watch(index);
    return page;
  }

  /** Takes the instruction at `pc`, a multiple of four, apart. */
  fill(pc: number, memory: PagedMemory, page: Int32Array): void {
    const bits = memory.words[pc >>> 16][(pc & 0xffff) >>> 2];
    const { name, destination, first, second, immediate } = decode(bits);
    const place = (pc & (PAGE - 1)) >>> 1;
    memory.keepCode(pc);
    page[place] = NUMBER[name] | ((destination || NOWHERE) << 8) | (first << 16) | (second << 24);
    page[place + 1] = immediate;
  }

  /** Forgets everything. */
  clear(): void {
    for (const page of this.pages.values()) page.fill(0);
  }

  /** Forgets what is in a range of addresses, all of one page. */
  forget(address: number, length: number): void {
    const page = this.pages.get(address >>> TREE_PAGE_BITS);
    if (page === undefined) return;
    const [first, last] = [address & (PAGE - 1), (address & (PAGE - 1)) + length - 1];
    for (let word = first >>> 2; word <= last >>> 2; word++) page[2 * word] = 0;
  }
}
