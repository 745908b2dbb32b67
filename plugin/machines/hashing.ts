import { KECCAK_LAYOUT, keccakModule } from "./keccakModule.js";

/** Bytes of a word, a leaf and a hash. */
export const WORD_SIZE = 32;

/** The deepest tree that an opening's bitmap can describe. */
export const MAX_DEPTH = 32;

const keccak = new WebAssembly.Instance(new WebAssembly.Module(keccakModule())).exports;
const permute = keccak.hash as () => void;
const scratch = new Uint8Array((keccak.memory as WebAssembly.Memory).buffer);

/**
 * Hashes the two nodes that lie side by side in `source` at `from` (64 bytes) and writes their parent to `target` at `to`.
 * The one function that every tree spends its time in; `source` and `target` may be the same array.
 */
export function hashNode(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  const { input, output } = KECCAK_LAYOUT;
  for (let i = 0; i < 2 * WORD_SIZE; i++) scratch[input + i] = source[from + i];
  permute();
  for (let i = 0; i < WORD_SIZE; i++) target[to + i] = scratch[output + i];
}

/** The parent of two nodes. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(2 * WORD_SIZE);
  pair.set(left);
  pair.set(right, WORD_SIZE);
  const parent = new Uint8Array(WORD_SIZE);
  hashNode(pair, 0, parent, 0);
  return parent;
}

/** Root of the zero subtree by height; `zeroHashes[0]` is the zero leaf. Not to be written to. */
export const zeroHashes: readonly Uint8Array[] = makeZeroHashes();

function makeZeroHashes(): Uint8Array[] {
  const hashes: Uint8Array[] = [new Uint8Array(WORD_SIZE)];
  for (let height = 0; height < MAX_DEPTH; height++) hashes.push(hashPair(hashes[height], hashes[height]));
  return hashes;
}

/** Whether two words are equal. */
export function equalWords(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < WORD_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}
