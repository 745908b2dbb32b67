import { secp256k1 } from "@noble/curves/secp256k1.js";

/** In plain JavaScript: a millisecond each, runs everywhere, and is what the fast one is checked against. */
export function recoverByNoble(hash: Uint8Array, signature: Uint8Array, parity: 0 | 1): Uint8Array | undefined {
  try {
    const recoverable = secp256k1.Signature.fromBytes(signature, "compact").addRecoveryBit(parity);
    return recoverable.recoverPublicKey(hash).toBytes(false).subarray(1);
  } catch {
    return undefined;
  }
}
