import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import { forgetSigners, recoverSigner } from "../../plugin/machines/recovery.js";
import type { KeyRecovery } from "../../plugin/machines/recovery/keyRecovery.js";
import { makeLibsecpRecovery } from "../../plugin/machines/recovery/libsecpRecovery.js";
import { recoverByNoble } from "../../plugin/machines/recovery/nobleRecovery.js";

const { Fn, Fp, BASE } = secp256k1.Point;
const ORDER = Fn.ORDER;
/** Of the field of coordinates; above the order. */
const PRIME = Fp.ORDER;
const MOST = 2n ** 256n - 1n;
const PRECOMPILE: Hex = `0x${"01".padStart(40, "0")}`;

/** What the precompile takes. */
interface Words {
  readonly hash: bigint;
  readonly v: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
const word = fc.bigInt({ min: 0n, max: MOST });
const parity = fc.constantFrom(27n, 28n);

/** Made with a key, with s in either half of the order. */
const signed: fc.Arbitrary<Words> = fc.tuple(word, scalar, scalar, fc.boolean()).map(([hash, key, nonce, other]) => {
  const { x, y } = BASE.multiply(nonce).toAffine();
  const r = x % ORDER;
  const s = Fn.mul(Fn.inv(nonce), Fn.create(hash + r * key));
  const v = 27n + (y & 1n);
  return other ? { hash, r, s: ORDER - s, v: 55n - v } : { hash, r, s, v };
});

/** Half of these r are no point's. */
const unsigned: fc.Arbitrary<Words> = fc.record({ hash: word, v: parity, r: scalar, s: scalar });

function bytesOf({ hash, v, r, s }: Words): Uint8Array {
  return new Uint8Array(Buffer.concat([hash, v, r, s].map((value) => wordOf(value))));
}

/** Every combination of what lies at an edge; `plain` are words that somebody signed. */
function edges(plain: Words): Words[] {
  const scalars = [0n, 1n, 2n, ORDER - 1n, ORDER, ORDER + 1n, PRIME - ORDER, PRIME - 1n, PRIME, MOST, ORDER / 2n];
  const hashes = [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, MOST];
  const parities = [0n, 1n, 26n, 27n, 28n, 29n, 30n, 256n + 27n, 2n ** 255n + 27n, 2n ** 64n + 28n, MOST];
  return [
    ...scalars.flatMap((r) => scalars.flatMap((s) => [27n, 28n].map((v) => ({ ...plain, r, s, v })))),
    ...scalars.flatMap((r) => [27n, 28n].map((v) => ({ ...plain, r, v }))),
    ...scalars.flatMap((s) => [27n, 28n].map((v) => ({ ...plain, s, v }))),
    ...hashes.flatMap((hash) => [27n, 28n].map((v) => ({ ...plain, hash, v }))),
    ...parities.map((v) => ({ ...plain, v })),
    ...[3n, 77n].map((nonce) => atInfinity(nonce, plain.s)),
  ];
}

/** The key that would have signed is no point: s R = hash G. */
function atInfinity(nonce: bigint, s: bigint): Words {
  const { x, y } = BASE.multiply(nonce).toAffine();
  return { hash: Fn.mul(s, nonce), v: 27n + (y & 1n), r: x % ORDER, s };
}

describe("recoverSigner", function () {
  this.timeout(120_000);
  let precompile: (words: Uint8Array) => Promise<string>;
  let libsecp: KeyRecovery;

  before(async () => {
    const { provider } = await network.create();
    precompile = async (words) => {
      const call = { to: PRECOMPILE, data: bytesToHex(words) };
      const output = (await provider.request({ method: "eth_call", params: [call, "latest"] })) as string;
      return output === "0x" ? bytesToHex(new Uint8Array(32)) : output;
    };
    libsecp = (await makeLibsecpRecovery())!;
  });

  async function agree(words: Words): Promise<string> {
    const bytes = bytesOf(words);
    const signer = bytesToHex(recoverSigner(bytes));
    expect(signer, bytesToHex(bytes)).to.equal(await precompile(bytes));
    expect(bytesToHex(recoverSigner(bytes))).to.equal(signer);
    return signer;
  }

  it("recovers by libsecp256k1 here", () => {
    expect(libsecp).to.be.a("function");
  });

  it("is what the EVM's precompile gives for signatures, with s in both halves", async () => {
    const property = fc.asyncProperty(signed, async (words) => {
      expect(BigInt(await agree(words))).not.to.equal(0n);
    });
    await fc.assert(property, { seed: 3, numRuns: 150 });
  });

  it("is what the EVM's precompile gives for words that nobody signed", async () => {
    let nobody = 0;
    const property = fc.asyncProperty(unsigned, async (words) => {
      if (BigInt(await agree(words)) === 0n) nobody++;
    });
    await fc.assert(property, { seed: 4, numRuns: 150 });
    expect(nobody).to.be.within(50, 100);
  });

  it("is what the EVM's precompile gives at every edge", async () => {
    for (const plain of fc.sample(signed, { seed: 5, numRuns: 2 }))
      for (const words of edges(plain)) await agree(words);
  });

  it("remembers signers by all of their words", async () => {
    const [plain] = fc.sample(signed, { seed: 6, numRuns: 1 });
    const near = [
      plain,
      { ...plain, hash: plain.hash ^ 1n },
      { ...plain, v: 55n - plain.v },
      { ...plain, s: plain.s ^ 1n },
    ];
    const before = await Promise.all(near.map(agree));
    expect(new Set(before).size).to.equal(near.length);
    forgetSigners();
    expect(await Promise.all(near.map(agree))).to.deep.equal(before);
  });

  it("has a fallback that recovers the same keys", () => {
    const cases = [...fc.sample(signed, { seed: 7, numRuns: 100 }), ...fc.sample(unsigned, { seed: 8, numRuns: 100 })];
    for (const words of [...cases, ...edges(cases[0]).filter(isInRange)]) {
      const bytes = bytesOf(words);
      const given = [bytes.subarray(0, 32), bytes.subarray(64), words.v === 28n ? 1 : 0] as const;
      expect(recoverByNoble(...given)).to.deep.equal(libsecp(...given));
    }
  });
});

/** What a recovery may be given. */
function isInRange({ v, r, s }: Words): boolean {
  return (v === 27n || v === 28n) && [r, s].every((value) => value > 0n && value < ORDER);
}
