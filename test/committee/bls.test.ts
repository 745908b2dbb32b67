import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { toUtf8Bytes } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import {
  addKeys,
  addSignatures,
  decodeKey,
  encodeKey,
  encodeSignature,
  hashToG1,
  packKey,
  SecretKey,
  unpackKey,
} from "../../plugin/committee/bls.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import type { BlsHarness } from "../../types/ethers-contracts/index.js";

const SEED = 5;
const MODULUS = bls12_381.fields.Fp.ORDER;

/** RFC 9380, J.9.1: what is hashed, and the coordinates of the point. */
const RFC_DOMAIN = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
const RFC_VECTORS: readonly [string, string, string][] = [
  [
    "",
    "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
    "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
  ],
  [
    "abc",
    "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
    "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d",
  ],
  [
    "abcdef0123456789",
    "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
    "03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709",
  ],
  [
    `q128_${"q".repeat(128)}`,
    "15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
    "1807a1d50c29f430b8cafc4f8638dfeeadf51211e1602a5f184443076715f91bb90a48ba1e370edce6ae1062f5e6dd38",
  ],
  [
    `a512_${"a".repeat(512)}`,
    "082aabae8b7dedb0e78aeb619ad3bfd9277a2f77ba7fad20ef6aabdc6c31d19ba5a6d12283553294c1825c4b3ca2dcfe",
    "05b84ae5a942248eea39e1d91030458c40153f3b654ab7872d779ad1e942856a20c438e8d99bc8abfbf74729ce1f7ac8",
  ],
];

const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
/** Secrets below the group's order, small ones more often than they would be. */
const secrets = fc.oneof(
  fc.bigInt(1n, 3n),
  fc.bigInt(1n, bls12_381.fields.Fr.ORDER - 1n),
  fc.constant(bls12_381.fields.Fr.ORDER - 1n),
);

function keyOf(secret: bigint): Hex {
  return encodeKey(bls12_381.G2.Point.BASE.multiply(secret));
}

describe("points of BLS12-381 on chain and off", () => {
  let harness: BlsHarness;

  before(async () => {
    const { ethers } = await network.create();
    harness = await ethers.deployContract("BlsHarness");
  });

  it("off chain, digests are hashed as RFC 9380's vectors say", () => {
    for (const [message, x, y] of RFC_VECTORS) {
      const point = bls12_381.shortSignatures.hash(toUtf8Bytes(message), RFC_DOMAIN);
      expect(encodeSignature(point)).to.equal(`0x${"00".repeat(16)}${x}${"00".repeat(16)}${y}`);
    }
  });

  it("on chain, any digest under any domain is hashed as off chain", async () => {
    const domains = fc.oneof(
      fc.constant(RFC_DOMAIN),
      fc.string({ minLength: 1, maxLength: 80 }),
      fc.constant("d".repeat(255)),
    );
    await fc.assert(
      fc.asyncProperty(digests, domains, async (digest, domain) => {
        const expected = encodeSignature(hashToG1(digest, domain));
        expect(await harness.hashToG1(digest, toUtf8Bytes(domain))).to.equal(expected);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it("a key's negative is the same, also where a coordinate is zero or its upper part borrows", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const key = keyOf(secret);
        expect(await harness.negate(key)).to.equal(encodeKey(decodeKey(key).negate()));
      }),
      { seed: SEED, numRuns: 30 },
    );
    const coordinate = (value: bigint): string => value.toString(16).padStart(128, "0");
    const low = MODULUS & (2n ** 256n - 1n);
    for (const value of [0n, 1n, low - 1n, low, low + 1n, 2n ** 256n - 1n, 2n ** 256n, MODULUS - 1n]) {
      const negative = value === 0n ? 0n : MODULUS - value;
      const key: Hex = `0x${coordinate(5n).repeat(2)}${coordinate(value)}${coordinate(negative)}`;
      expect(await harness.negate(key)).to.equal(
        `0x${coordinate(5n).repeat(2)}${coordinate(negative)}${coordinate(value)}`,
      );
    }
  });

  it("keys are packed and unpacked alike, from any place", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.uint8Array({ maxLength: 70 }), async (secret, before) => {
        const key = keyOf(secret);
        const packed = packKey(key);
        expect(await harness.pack(key)).to.equal(packed);
        expect(unpackKey(packed)).to.equal(key);
        expect(await harness.unpack(`${bytesToHex(before)}${packed.slice(2)}`, before.length)).to.equal(key);
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  it("the key of any signers is the sum of theirs, whichever way it is computed", async () => {
    const sizes = fc.constantFrom(1, 2, 3, 7, 20);
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(secrets, { minLength: 20, maxLength: 20 }),
        fc.nat(),
        async (size, all, random) => {
          const keys = all.slice(0, size).map(keyOf);
          await seat(keys);
          for (const signers of subsets(size, random)) {
            const points = keys.filter((_, index) => (signers >> BigInt(index)) & 1n).map(decodeKey);
            const sum = points.reduce((total, point) => total.add(point));
            expect(await harness.keyOf(signers), signers.toString(2)).to.equal(
              sum.is0() ? `0x${"00".repeat(256)}` : encodeKey(sum),
            );
          }
        },
      ),
      { seed: SEED, numRuns: 8 },
    );
  });

  it("signers whose keys cancel each other have no good signature, not even none", async () => {
    const [one, other] = [keyOf(77n), keyOf(bls12_381.fields.Fr.ORDER - 77n)];
    await seat([one, other, keyOf(5n)]);
    const key = await harness.keyOf(3n);
    expect(key).to.equal(`0x${"00".repeat(256)}`);
    const [digest, domain] = [`0x${"31".repeat(32)}`, "a domain"] as [Hex, string];
    const signature = SecretKey.generate().sign(digest, domain);
    expect(await harness.verify(key, digest, toUtf8Bytes(domain), signature)).to.equal(false);
    await expect(
      harness.verify(key, digest, toUtf8Bytes(domain), `0x${"00".repeat(128)}`),
    ).to.be.revertedWithCustomError(harness, "PointAtInfinity");
    expect(await harness.keyOf(7n)).to.equal(keyOf(5n));
  });

  it("a signature is good under its own key, digest and domain alone", async () => {
    await fc.assert(
      fc.asyncProperty(digests, fc.nat({ max: 255 }), async (digest, bit) => {
        const [secret, other] = [SecretKey.generate(), SecretKey.generate()];
        const signature = secret.sign(digest, "one");
        const flipped = `0x${(BigInt(digest) ^ (1n << BigInt(bit))).toString(16).padStart(64, "0")}`;
        const tag = toUtf8Bytes("one");
        expect(await harness.verify(secret.key, digest, tag, signature)).to.equal(true);
        expect(await harness.verify(secret.key, flipped, tag, signature)).to.equal(false);
        expect(await harness.verify(other.key, digest, tag, signature)).to.equal(false);
        expect(await harness.verify(secret.key, digest, toUtf8Bytes("two"), signature)).to.equal(false);
        const sum = addSignatures([signature, other.sign(digest, "one")]);
        expect(await harness.verify(addKeys([secret.key, other.key]), digest, tag, sum)).to.equal(true);
      }),
      { seed: SEED, numRuns: 10 },
    );
  });

  it("bits are counted, and zero is zero", async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, 2n ** 255n - 1n), fc.nat({ max: 1023 }), async (bits, place) => {
        expect(await harness.bitCount(bits)).to.equal(BigInt(bits.toString(2).replaceAll("0", "").length));
        const point = (1n << BigInt(place)).toString(16).padStart(256, "0");
        expect(await harness.isZero(`0x${point}`)).to.equal(false);
      }),
      { seed: SEED, numRuns: 50 },
    );
    expect(await harness.isZero(`0x${"00".repeat(128)}`)).to.equal(true);
    expect(await harness.bitCount(2n ** 255n - 1n)).to.equal(255n);
  });

  async function seat(keys: readonly Hex[]): Promise<void> {
    const members = keys.map((_, index): Hex => `0x${(index + 1).toString(16).padStart(40, "0")}`);
    await harness.setSeats(members, keys.map(packKey));
    expect((await harness.all()).map((member) => member.toLowerCase())).to.deep.equal(members);
  }

  /** All, each alone, all but each, and one by chance. */
  function subsets(size: number, random: number): Set<bigint> {
    const all = (1n << BigInt(size)) - 1n;
    const [alone, chance] = [1n << BigInt(random % size), BigInt(random) & all];
    return new Set([all, alone, all ^ alone, chance, all ^ chance].filter((signers) => signers !== 0n));
  }
});
