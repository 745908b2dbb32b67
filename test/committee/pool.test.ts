import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";

import { addKeys, decodeKey, encodeKey, POSSESSION_DOMAIN, SecretKey } from "../../plugin/committee/bls.js";
import { possessionDigest } from "../../plugin/committee/statement.js";
import type { Hex } from "../../plugin/hex.js";
import { committeeFixture, type TestCommittee } from "../helpers/committee.js";

const fresh = committeeFixture();

describe("a committee's pool", () => {
  it("takes a key with its proof of possession and the stake", async () => {
    const committee = await fresh();
    const newcomer = committee.people[10];
    await committee.register(newcomer);
    expect(await committee.contract.poolSize()).to.equal(6n);
    expect(await committee.contract.poolAt(5)).to.equal(newcomer.address);
    expect(await committee.contract.keyOf(newcomer.address)).to.equal(committee.secretOf(newcomer.address).key);
    expect(await committee.ethers.provider.getBalance(committee.identity.address)).to.equal(6n * 10n ** 18n);
  });

  it("refuses a rogue key: nobody can prove that he has the secret of a key that cancels another", async () => {
    const committee = await fresh();
    const own = SecretKey.generate();
    const victim = committee.secretOf(committee.people[0].address);
    const rogue = encodeKey(decodeKey(own.key).add(decodeKey(victim.key).negate()));
    expect(addKeys([rogue, victim.key])).to.equal(own.key);
    const member = committee.people[10].address as Hex;
    const proof = own.sign(possessionDigest(committee.identity, member, rogue), POSSESSION_DOMAIN);
    await refused(committee, rogue, proof, "WrongProofOfPossession");
  });

  it("refuses another's proof, a proof of another key, and a certificate as proof", async () => {
    const committee = await fresh();
    const secret = SecretKey.generate();
    const [member, other] = [committee.people[10].address as Hex, committee.people[11].address as Hex];
    const digest = possessionDigest(committee.identity, member, secret.key);
    const proofs = [
      secret.sign(possessionDigest(committee.identity, other, secret.key), POSSESSION_DOMAIN),
      secret.sign(possessionDigest(committee.identity, member, SecretKey.generate().key), POSSESSION_DOMAIN),
      secret.sign(possessionDigest({ ...committee.identity, chainId: 1n }, member, secret.key), POSSESSION_DOMAIN),
      secret.sign(digest, await committee.contract.CERTIFICATE_DOMAIN()),
    ];
    for (const proof of proofs) await refused(committee, secret.key, proof, "WrongProofOfPossession");
  });

  it("refuses keys that are no points of the subgroup, and the point at infinity", async () => {
    const committee = await fresh();
    const secret = SecretKey.generate();
    const proof = secret.sign(`0x${"11".repeat(32)}`, POSSESSION_DOMAIN);
    const flipped = `${secret.key.slice(0, -1)}${secret.key.endsWith("0") ? "1" : "0"}` as Hex;
    await refused(committee, flipped, proof, "InvalidPoint");
    await refused(committee, outsideSubgroup(), proof, "InvalidPoint");
    await refused(committee, `0x${"00".repeat(256)}`, proof, "PointAtInfinity");
    await refused(committee, `0x${"00".repeat(255)}`, proof, "WrongKeyLength");
  });

  it("refuses a wrong stake and an account that is a member already", async () => {
    const committee = await fresh();
    const newcomer = committee.people[10];
    const { key } = committee.secretOf(newcomer.address);
    const digest = possessionDigest(committee.identity, newcomer.address as Hex, key);
    const proof = committee.secretOf(newcomer.address).sign(digest, POSSESSION_DOMAIN);
    for (const value of [0n, 10n ** 18n - 1n, 10n ** 18n + 1n]) {
      await expect(committee.contract.connect(newcomer).register(key, proof, { value })).to.be.revertedWithCustomError(
        committee.contract,
        "WrongStake",
      );
    }
    await expect(committee.register(committee.people[0])).to.be.revertedWithCustomError(
      committee.contract,
      "WrongStatus",
    );
  });

  it("gives a stake back only when the unbonding time has passed since the member's last epoch ended", async () => {
    const committee = await fresh();
    const member = committee.people[1];
    const contract = committee.contract.connect(member);
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "WrongStatus");
    await contract.resign();
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "EpochNotOver");
    await committee.helpers.time.increase(10_000);
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "EpochNotOver");
    await committee.turn();
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "StillBonded");
    await committee.helpers.time.increase(1000);
    await expect(contract.withdraw()).to.changeEtherBalance(committee.ethers, member, 10n ** 18n);
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "WrongStatus");
    await committee.register(member);
  });

  it("keeps every member at its place whoever leaves", async () => {
    const committee = await fresh();
    for (const leaver of [0, 4, 2]) {
      await committee.contract.connect(committee.people[leaver]).resign();
      const size = Number(await committee.contract.poolSize());
      for (let place = 0; place < size; place++) {
        const account = await committee.contract.poolAt(place);
        expect((await committee.contract.members(account)).place).to.equal(BigInt(place + 1));
      }
    }
    await expect(committee.contract.connect(committee.people[0]).resign()).to.be.revertedWithCustomError(
      committee.contract,
      "WrongStatus",
    );
  });

  it("is frozen from before the block that draws until the epoch is turned", async () => {
    const committee = await fresh();
    const draw = await committee.contract.drawBlock();
    const latest = BigInt(await committee.ethers.provider.getBlockNumber());
    await committee.helpers.mine(draw - 4n - latest - 1n);
    await committee.register(committee.people[10]);
    expect(await committee.contract.frozen()).to.equal(false);
    await committee.helpers.mine(1);
    expect(await committee.contract.frozen()).to.equal(true);
    await expect(committee.register(committee.people[11])).to.be.revertedWithCustomError(
      committee.contract,
      "PoolFrozen",
    );
    await expect(committee.contract.connect(committee.people[0]).resign()).to.be.revertedWithCustomError(
      committee.contract,
      "PoolFrozen",
    );
    await committee.turn();
    await committee.register(committee.people[11]);
  });
});

async function refused(committee: TestCommittee, key: Hex, proof: Hex, error: string): Promise<void> {
  const contract = committee.contract.connect(committee.people[10]);
  await expect(contract.register(key, proof, { value: 10n ** 18n })).to.be.revertedWithCustomError(contract, error);
}

/** A point of the twisted curve that is not in the group of keys. */
function outsideSubgroup(): Hex {
  const { Fp2 } = bls12_381.fields;
  const b = Fp2.create({ c0: 4n, c1: 4n });
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.create({ c0, c1: 0n });
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      const point = bls12_381.G2.Point.fromAffine({ x, y });
      if (!point.isTorsionFree()) return encodeKey(point);
    } catch {
      // No point has this x.
    }
  }
}
