import { ecrecover, keccak256, reserveBlock, Word, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { DOMAIN_TYPE_HASH, NAME_HASH, VERSION_HASH } from "./typeHashes";

/** `EIP712Domain`: type hash, name, version, chain, bridge. */
const domain = reserveBlock();
/** A transaction's fields as they are signed. */
@unmanaged
class Fields {
  @inline
  get typeHash(): Word {
    return wordOf(changetype<usize>(this), 0);
  }

  @inline
  get to(): Word {
    return wordOf(changetype<usize>(this), 1);
  }

  /** Of a message: the hash of its data. */
  @inline
  get amount(): Word {
    return wordOf(changetype<usize>(this), 2);
  }

  @inline
  get nonce(): Word {
    return wordOf(changetype<usize>(this), 3);
  }

  @inline
  get token(): Word {
    return wordOf(changetype<usize>(this), 4);
  }
}

export const fields = changetype<Fields>(memory.data(256, 256));

/** The last two bytes of word 0 are 0x1901; then the domain's separator and the struct's hash. */
const typedData = reserveBlock();
/** hash, v, r, s. Callers put r and s there; the highest bit of s is the parity of v (EIP-2098). */
export const signature = reserveBlock();

/** Half of the order of secp256k1, rounded down: of the two values of s that sign the same only the lower is taken. */
// prettier-ignore
const HALF_ORDER = memory.data<u8>([
  0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
], 32);

/** Signatures are good for the contract `bridge` on the L1 chain `chainId`, and nowhere else. */
export function setDomain(chainId: Word, bridge: Word): void {
  wordOf(domain, 0).set(Word.at(DOMAIN_TYPE_HASH));
  wordOf(domain, 1).set(Word.at(NAME_HASH));
  wordOf(domain, 2).set(Word.at(VERSION_HASH));
  wordOf(domain, 3).set(chainId);
  wordOf(domain, 4).set(bridge);
  store<u16>(typedData, 0x0119, 30);
  keccak256(domain, 5 * WORD, wordOf(typedData, 1));
}

export function hasDomain(): bool {
  return load<u16>(typedData, 30) != 0;
}

/**
 * Recovers who signed `fields`; the caller has filled them, and `signature`.
 * @param typeHash Of the transaction's type.
 * @param words How many of the fields that type has, its hash included.
 * @param dest Gets the signer, zero if there is none.
 */
export function recoverSigner(typeHash: Word, words: u32, dest: Word): void {
  fields.typeHash.set(typeHash);
  keccak256(changetype<usize>(fields), words * WORD, wordOf(typedData, 2));
  keccak256(typedData + 30, 66, wordOf(signature, 0));
  const s = wordOf(signature, 3);
  const first = load<u8>(s.pointer);
  store<u8>(s.pointer, first & 0x7f);
  wordOf(signature, 1).setNumber(27 + (first >> 7));
  if (!hasDomain() || Word.at(HALF_ORDER).isBelow(s)) dest.clear();
  else ecrecover(signature, dest);
}
