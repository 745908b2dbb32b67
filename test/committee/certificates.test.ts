import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";

import {
  addKeys,
  addSignatures,
  CERTIFICATE_DOMAIN,
  decodeKey,
  decodeSignature,
  encodeSignature,
  SecretKey,
  verify,
} from "../../plugin/committee/bls.js";
import { statementDigest } from "../../plugin/committee/statement.js";
import type { Hex } from "../../plugin/hex.js";
import { committeeFixture, testStatement } from "../helpers/committee.js";

const fresh = committeeFixture();
const statement = testStatement();

describe("a certificate", () => {
  it("is good for every set of signers, at either way to add their keys up", async () => {
    const committee = await fresh();
    for (let signers = 1; signers < 16; signers++) {
      const seats = [0, 1, 2, 3].filter((seat) => (signers >> seat) & 1);
      const certificate = await committee.certificate(1n, statement, seats);
      expect(await committee.contract.check(1n, statement, certificate)).to.equal(BigInt(signers));
    }
  });

  it("speaks of one statement only", async () => {
    const committee = await fresh();
    const certificate = await committee.certificate(1n, statement);
    const others = [
      testStatement({ purpose: 1 }),
      testStatement({ subject: `0x${"ac".repeat(20)}` }),
      testStatement({ parent: `0x${"01".repeat(32)}` }),
      testStatement({ accumulator: `0x${"01".repeat(32)}` }),
      testStatement({ value: `0x${"01".repeat(32)}` }),
      testStatement({ expiry: 1n }),
    ];
    for (const other of others) {
      await expect(committee.contract.check(1n, other, certificate)).to.be.revertedWithCustomError(
        committee.contract,
        "WrongSignature",
      );
    }
  });

  it("is good for no other signers than those who signed", async () => {
    const committee = await fresh();
    const { signature } = await committee.certificate(1n, statement, [0, 1, 2]);
    for (const signers of [0b0001n, 0b0011n, 0b1011n, 0b1111n]) {
      await expect(committee.contract.check(1n, statement, { signers, signature })).to.be.revertedWithCustomError(
        committee.contract,
        "WrongSignature",
      );
    }
  });

  it("names only seats that there are, and at least one", async () => {
    const committee = await fresh();
    const { signature } = await committee.certificate(1n, statement);
    await expect(
      committee.contract.check(1n, statement, { signers: 0b11111n, signature }),
    ).to.be.revertedWithCustomError(committee.contract, "NoSuchSeat");
    await expect(
      committee.contract.check(1n, statement, { signers: (1n << 255n) | 15n, signature }),
    ).to.be.revertedWithCustomError(committee.contract, "NoSuchSeat");
    await expect(committee.contract.check(1n, statement, { signers: 0n, signature })).to.be.revertedWithCustomError(
      committee.contract,
      "NobodySigned",
    );
  });

  it("belongs to its epoch", async () => {
    const committee = await fresh();
    const certificate = await committee.certificate(1n, statement);
    await committee.turn();
    await expect(committee.contract.check(2n, statement, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
    expect(await committee.contract.check(1n, statement, certificate)).to.equal(15n);
    await expect(committee.contract.check(0n, statement, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "NoSeats",
    );
    await expect(committee.contract.check(3n, statement, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "NoSeats",
    );
  });

  it("is made under the domain of certificates", async () => {
    const committee = await fresh();
    const digest = statementDigest(committee.identity, 1n, statement);
    const [first] = await committee.contract.seated(1n);
    const signature = committee.secretOf(first).sign(digest, "another domain");
    await expect(committee.contract.check(1n, statement, { signers: 1n, signature })).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
  });

  it("needs a signature that is a point of the subgroup, well encoded and not at infinity", async () => {
    const committee = await fresh();
    const { signature, signers } = await committee.certificate(1n, statement);
    const bytes = Buffer.from(signature.slice(2), "hex");
    const flipped = Buffer.from(bytes);
    flipped[127] ^= 1;
    const padded = Buffer.from(bytes);
    padded[0] = 1;
    const bad: [Hex, string][] = [
      [`0x${flipped.toString("hex")}`, "InvalidPoint"],
      [`0x${padded.toString("hex")}`, "InvalidPoint"],
      [outsideSubgroup(), "InvalidPoint"],
      [`0x${"00".repeat(128)}`, "PointAtInfinity"],
      [`0x${bytes.subarray(0, 127).toString("hex")}`, "WrongSignatureLength"],
      [`0x${bytes.toString("hex")}00`, "WrongSignatureLength"],
      [`0x`, "WrongSignatureLength"],
    ];
    for (const [corrupted, error] of bad) {
      await expect(
        committee.contract.check(1n, statement, { signers, signature: corrupted }),
      ).to.be.revertedWithCustomError(committee.contract, error);
    }
  });
});

describe("BLS points", () => {
  it("add up: the sum of signatures is good under the sum of keys", () => {
    const secrets = [1, 2, 3].map(() => SecretKey.generate());
    const digest: Hex = `0x${"17".repeat(32)}`;
    const sum = addSignatures(secrets.map((secret) => secret.sign(digest, CERTIFICATE_DOMAIN)));
    const keys = secrets.map((secret) => secret.key);
    expect(verify(addKeys(keys), digest, CERTIFICATE_DOMAIN, sum)).to.equal(true);
    expect(verify(addKeys(keys.slice(1)), digest, CERTIFICATE_DOMAIN, sum)).to.equal(false);
  });

  it("are refused with what is wrong: length, coordinates, curve, subgroup, infinity", () => {
    const { key } = SecretKey.generate();
    const bad: Hex[] = [`0x${key.slice(4)}`, `0xff${key.slice(4)}`, `0x${"00".repeat(256)}`];
    for (const given of bad)
      expect(() => decodeKey(given))
        .to.throw("no point")
        .with.property("code", "BLS_POINT");
    expect(() => decodeSignature(outsideSubgroup())).to.throw("no point");
  });
});

/** A point of the curve that is not in the group of signatures. */
function outsideSubgroup(): Hex {
  const { Fp } = bls12_381.fields;
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.pow(x, 3n), 4n);
    if (Fp.pow(square, (Fp.ORDER - 1n) / 2n) !== 1n) continue;
    const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(square) });
    if (!point.isTorsionFree()) return encodeSignature(point);
  }
}
