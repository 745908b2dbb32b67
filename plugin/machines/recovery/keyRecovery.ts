/**
 * The public key of secp256k1, 64 bytes without a prefix, that made a signature; undefined if no key can have made it.
 * @param hash What was signed, 32 bytes, taken modulo the group's order.
 * @param signature r and s, 64 bytes, both within 1 and the group's order; s may be of the upper half.
 * @param parity Of the y coordinate of the point whose x coordinate is r.
 */
export type KeyRecovery = (hash: Uint8Array, signature: Uint8Array, parity: 0 | 1) => Uint8Array | undefined;
