import { hashParts, WORD_SIZE } from "./hashing.js";
import { GenerationalCache } from "./recovery/generationalCache.js";
import { makeLibsecpRecovery } from "./recovery/libsecpRecovery.js";
import { recoverByNoble } from "./recovery/nobleRecovery.js";

/** secp256k1's order, most significant byte first. */
const ORDER = Buffer.from("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "hex");

const NOBODY = new Uint8Array(WORD_SIZE);

/** The fastest recovery that this engine runs. */
const recoverKey = (await makeLibsecpRecovery()) ?? recoverByNoble;

/**
 * Signers by the words that gave them. A node executes an input many times: to check a batch, to derive the chain, and for each history and
 * witness of a dispute. About ten megabytes when full.
 */
const signers = new GenerationalCache<Uint8Array>(8192);

/**
 * The address that signed, as the EVM's precompile `ecrecover` gives it: of `hash, v, r, s`, a word each, the address as a word, which is
 * zero if nobody can have signed.
 * @returns Not to be written to.
 */
export function recoverSigner(words: Uint8Array): Uint8Array {
  const key = keyOf(words);
  const known = signers.get(key);
  if (known !== undefined) return known;
  const signer = recoverAnew(words);
  signers.set(key, signer);
  return signer;
}

/** Whether `recoverSigner` knows what it would give. */
export function knowsSigner(words: Uint8Array): boolean {
  return signers.get(keyOf(words)) !== undefined;
}

/** Has `recoverSigner` give what it has given elsewhere. */
export function rememberSigner(words: Uint8Array, signer: Uint8Array): void {
  signers.set(keyOf(words), signer);
}

/** Forgets all signers, so that the next call takes what a new signature takes. */
export function forgetSigners(): void {
  signers.clear();
}

function keyOf(words: Uint8Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.length).toString("latin1");
}

function recoverAnew(words: Uint8Array): Uint8Array {
  const parity = parityOf(words.subarray(32, 64));
  const [r, s] = [words.subarray(64, 96), words.subarray(96, 128)];
  if (parity === undefined || !isScalar(r) || !isScalar(s)) return NOBODY;
  const key = recoverKey(words.subarray(0, 32), words.subarray(64, 128), parity);
  return key === undefined ? NOBODY : hashParts(key).fill(0, 0, 12);
}

/** Of v, which is the word 27 or 28. */
function parityOf(v: Uint8Array): 0 | 1 | undefined {
  for (let at = 0; at < WORD_SIZE - 1; at++) if (v[at] !== 0) return undefined;
  if (v[WORD_SIZE - 1] === 27) return 0;
  return v[WORD_SIZE - 1] === 28 ? 1 : undefined;
}

/** Whether a word is above zero and below the group's order. */
function isScalar(word: Uint8Array): boolean {
  return Buffer.compare(word, ORDER) < 0 && Buffer.compare(word, NOBODY) > 0;
}
