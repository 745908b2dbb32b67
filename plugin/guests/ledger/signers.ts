import { id, TypedDataEncoder } from "ethers";

import { bytesToHex, hexToBytes, type Hex } from "../../hex.js";
import { hashParts } from "../../machines/hashing.js";
import { recoverSigner } from "../../machines/recovery.js";
import {
  LEDGER_ACTIONS,
  ledgerTypedDataDomain,
  ledgerTypes,
  type LedgerAction,
  type LedgerDomain,
} from "./transaction.js";

const PREFIX = new Uint8Array([0x19, 0x01]);
const WORD = 32;

/** Half of the order of secp256k1: of the two values of s that sign the same, the ledger takes the lower. */
const HALF_ORDER = hexToBytes("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/**
 * Who signed transactions of the ledger, from their bytes: the same as `ledgerSigner`, as fast as a node needs it. Whoever executes them afterwards finds
 * their signers known.
 */
export class LedgerSigners {
  private readonly domain: Uint8Array;
  private readonly types: ReadonlyMap<number, Uint8Array>;

  public constructor(domain: LedgerDomain) {
    this.domain = hexToBytes(TypedDataEncoder.hashDomain(ledgerTypedDataDomain(domain)) as Hex);
    const actions = Object.entries(LEDGER_ACTIONS) as [LedgerAction, number][];
    this.types = new Map(actions.map(([action, number]) => [number, typeHash(action)]));
  }

  /** @param bytes Of one transaction of a known type. @returns Undefined if nobody signed it. */
  public of(bytes: Uint8Array): Hex | undefined {
    const words = this.words(bytes);
    const signer = words && bytesToHex(recoverSigner(words).subarray(12));
    return signer === undefined || /^0x0+$/.test(signer) ? undefined : signer;
  }

  /** What the ledger has `ecrecover` look at; undefined if it does not. @param bytes Of one transaction. */
  public words(bytes: Uint8Array): Uint8Array | undefined {
    const s = bytes.slice(4 * WORD, 5 * WORD);
    const parity = s[0] >> 7;
    s[0] &= 0x7f;
    if (Buffer.compare(s, HALF_ORDER) > 0 || !this.types.has(bytes[0])) return undefined;
    const words = new Uint8Array(4 * WORD);
    words.set(this.digest(bytes));
    words[2 * WORD - 1] = 27 + parity;
    words.set(bytes.subarray(3 * WORD, 4 * WORD), 2 * WORD);
    words.set(s, 3 * WORD);
    return words;
  }

  /** What is signed of a transaction, hashed. @param bytes As those of `of`. */
  public digest(bytes: Uint8Array): Uint8Array {
    const [to, nonce] = [new Uint8Array(WORD), new Uint8Array(WORD)];
    to.set(bytes.subarray(12, 32), 12);
    nonce.set(bytes.subarray(4, 12), 24);
    const [token, value] = [bytes.subarray(WORD, 2 * WORD), bytes.subarray(2 * WORD, 3 * WORD)];
    const type = this.types.get(bytes[0])!;
    const isMessage = bytes[0] === LEDGER_ACTIONS.message;
    const struct = isMessage ? hashParts(type, to, value, nonce) : hashParts(type, to, value, nonce, token);
    return hashParts(PREFIX, this.domain, struct);
  }
}

function typeHash(action: LedgerAction): Uint8Array {
  const types = ledgerTypes(action);
  return hexToBytes(id(TypedDataEncoder.from(types).encodeType(Object.keys(types)[0])) as Hex);
}
