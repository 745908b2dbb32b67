import { bls12_381 } from "@noble/curves/bls12-381.js";
import { numberToBytesBE } from "@noble/curves/utils.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { RollupError } from "../errors.js";
import { bytesToHex, hexToBytes, type Hex } from "../hex.js";

/** Domain separation tags of RFC 9380, as the contracts have them. */
export const POSSESSION_DOMAIN = "HARDHAT-ROLLUP-POP-V1_BLS12381G1_XMD:SHA-256_SSWU_RO_";
export const CERTIFICATE_DOMAIN = "HARDHAT-ROLLUP-CERT-V1_BLS12381G1_XMD:SHA-256_SSWU_RO_";

const { G1, G2, shortSignatures } = bls12_381;

/** A point of G1: a signature, or what is signed. */
export type SignaturePoint = InstanceType<typeof G1.Point>;
/** A point of G2: a public key. */
export type KeyPoint = InstanceType<typeof G2.Point>;

/** Bytes of a coordinate in the encoding of EIP-2537, of which the first 16 are zero. */
const COORDINATE = 64;
const ZEROS = 16;

/** A member's secret; signs digests of 32 bytes. */
export class SecretKey {
  /** @param bytes 32, below the group's order. */
  public constructor(private readonly bytes: Uint8Array) {}

  /** A fresh one; of the same `seed`, which must have at least 32 secret bytes, the same one. */
  public static generate(seed?: Uint8Array): SecretKey {
    return new SecretKey(bls12_381.utils.randomSecretKey(seed));
  }

  /** The public key, 256 bytes. */
  public get key(): Hex {
    return encodeKey(shortSignatures.getPublicKey(this.bytes));
  }

  /** The signature over a digest, 128 bytes. */
  public sign(digest: Hex, domain: string): Hex {
    return encodeSignature(shortSignatures.sign(hashToG1(digest, domain), this.bytes));
  }

  /** The secret itself. */
  public export(): Hex {
    return bytesToHex(this.bytes);
  }
}

/** Twin of `Bls.hashToG1`. */
export function hashToG1(digest: Hex, domain: string): SignaturePoint {
  return shortSignatures.hash(hexToBytes(digest), domain);
}

/** Twin of `Bls.verify`. @throws {RollupError} `BLS_POINT` for what is no point. */
export function verify(key: Hex, digest: Hex, domain: string, signature: Hex): boolean {
  return shortSignatures.verify(decodeSignature(signature), hashToG1(digest, domain), decodeKey(key));
}

/** Signatures over one digest, as one. */
export function addSignatures(signatures: readonly Hex[]): Hex {
  return encodeSignature(shortSignatures.aggregateSignatures(signatures.map(decodeSignature)));
}

/** Keys as one, under which the sum of their signatures is good. */
export function addKeys(keys: readonly Hex[]): Hex {
  return encodeKey(shortSignatures.aggregatePublicKeys(keys.map(decodeKey)));
}

/** A point of G2 in the encoding of EIP-2537, 256 bytes. */
export function encodeKey(point: KeyPoint): Hex {
  const { x, y } = point.toAffine();
  return encode([x.c0, x.c1, y.c0, y.c1]);
}

/** A point of G1 in the encoding of EIP-2537, 128 bytes. */
export function encodeSignature(point: SignaturePoint): Hex {
  const { x, y } = point.toAffine();
  return encode([x, y]);
}

/** @throws {RollupError} `BLS_POINT` unless it is a point of the curve, in the subgroup and not at infinity. */
export function decodeKey(key: Hex): KeyPoint {
  const [x0, x1, y0, y1] = decode(key, 4);
  return checked(key, () => {
    const { Fp2 } = bls12_381.fields;
    return G2.Point.fromAffine({ x: Fp2.create({ c0: x0, c1: x1 }), y: Fp2.create({ c0: y0, c1: y1 }) });
  });
}

/** As `decodeKey`. */
export function decodeSignature(signature: Hex): SignaturePoint {
  const [x, y] = decode(signature, 2);
  return checked(signature, () => G1.Point.fromAffine({ x, y }));
}

function checked<P extends SignaturePoint | KeyPoint>(given: Hex, make: () => P): P {
  try {
    const point = make();
    if (point.is0()) throw new Error("the point at infinity");
    point.assertValidity();
    return point;
  } catch (error) {
    throw new RollupError("BLS_POINT", "This is no point of BLS12-381.", { given, reason: (error as Error).message });
  }
}

function encode(coordinates: readonly bigint[]): Hex {
  return bytesToHex(concatBytes(...coordinates.map((coordinate) => numberToBytesBE(coordinate, COORDINATE))));
}

function decode(encoded: Hex, count: number): bigint[] {
  const expected = `${count} coordinates of ${COORDINATE} bytes, each below the field's modulus`;
  if (!/^0x[0-9a-fA-F]*$/.test(encoded) || encoded.length !== 2 + 2 * COORDINATE * count) {
    throw new RollupError("BLS_POINT", "This is no point of BLS12-381.", { given: encoded, expected });
  }
  const coordinates = Array.from({ length: count }, (_, index) =>
    BigInt(`0x${encoded.slice(2 + 2 * COORDINATE * index, 2 + 2 * COORDINATE * (index + 1))}`),
  );
  if (coordinates.every((coordinate) => coordinate < bls12_381.fields.Fp.ORDER)) return coordinates;
  throw new RollupError("BLS_POINT", "This is no point of BLS12-381.", { given: encoded, expected });
}

/** The bytes of a packed key: without the zeros that each coordinate begins with. */
export function packKey(key: Hex): Hex {
  const digits = key.slice(2);
  const parts = [0, 1, 2, 3].map((index) =>
    digits.slice(2 * (COORDINATE * index + ZEROS), 2 * COORDINATE * (index + 1)),
  );
  return `0x${parts.join("")}`;
}

/** The reverse of `packKey`. */
export function unpackKey(packed: Hex): Hex {
  const width = 2 * (COORDINATE - ZEROS);
  const parts = [0, 1, 2, 3].map(
    (index) => "00".repeat(ZEROS) + packed.slice(2 + width * index, 2 + width * (index + 1)),
  );
  return `0x${parts.join("")}`;
}
