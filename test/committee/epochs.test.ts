import { expect } from "chai";
import { keccak256 } from "ethers";

import { drawPlaces } from "../../plugin/committee/draw.js";
import type { Hex } from "../../plugin/hex.js";
import { committeeFixture, deployCommittee, testStatement } from "../helpers/committee.js";

const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
const HISTORY_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

const fresh = committeeFixture();

describe("an epoch", () => {
  it("has the members that the block's randomness draws, as anybody can compute", async () => {
    const committee = await fresh();
    for (let epoch = 2n; epoch < 8n; epoch++) {
      const pool = Number(await committee.contract.poolSize());
      const accounts = await Promise.all(Array.from({ length: pool }, (_, place) => committee.contract.poolAt(place)));
      const draw = await committee.contract.drawBlock();
      await committee.turn();
      const fields = [`0x${draw.toString(16)}`, false];
      const { mixHash } = (await committee.ethers.provider.send("eth_getBlockByNumber", fields)) as { mixHash: Hex };
      const places = drawPlaces(mixHash, epoch, committee.identity.address, pool, 4);
      expect(await committee.contract.seated(epoch)).to.deep.equal(places.map((place) => accounts[place]));
      expect(new Set(places).size).to.equal(4);
      if (epoch < 5n) await committee.register(committee.people[Number(epoch) + 8]);
    }
  });

  it("begins only by the header of the block that was fixed, once that is past", async () => {
    const committee = await fresh();
    const draw = await committee.contract.drawBlock();
    await expect(committee.contract.turn("0x")).to.be.revertedWithCustomError(committee.contract, "DrawNotReached");
    const header = await committee.drawHeader();
    expect(await committee.contract.drawBlock()).to.equal(draw);
    const bytes = Buffer.from(header.slice(2), "hex");
    for (const at of [0, 40, bytes.length >> 1, bytes.length - 1]) {
      const corrupted = Buffer.from(bytes);
      corrupted[at] ^= 1;
      await expect(committee.contract.turn(corrupted)).to.be.revertedWithCustomError(committee.contract, "WrongHeader");
    }
    await committee.contract.turn(header);
    await expect(committee.contract.turn(header)).to.be.revertedWithCustomError(committee.contract, "DrawNotReached");
  });

  it("is proved by the header also when blockhash has forgotten it, as long as EIP-2935 remembers", async () => {
    const committee = await fresh();
    const draw = await committee.contract.drawBlock();
    const header = await committee.drawHeader();
    await committee.helpers.mine(300);
    await expect(committee.contract.turn(header)).to.be.revertedWithCustomError(committee.contract, "WrongHeader");
    // Hardhat's network has no such contract; this is the code that the EIP gives.
    await committee.helpers.setCode(HISTORY, HISTORY_CODE);
    await committee.helpers.setStorageAt(HISTORY, draw % 8191n, keccak256(header));
    await expect(committee.contract.postpone()).to.be.revertedWithCustomError(committee.contract, "DrawNotMissed");
    await committee.contract.turn(header);
    expect(await committee.contract.currentEpoch()).to.equal(2n);
  });

  it("is postponed by anyone when its draw can be proved no more, and the sitting committee goes on", async () => {
    const committee = await fresh();
    const header = await committee.drawHeader();
    await committee.helpers.mine(300);
    await expect(committee.contract.turn(header)).to.be.revertedWithCustomError(committee.contract, "WrongHeader");
    await committee.contract.connect(committee.people[15]).postpone();
    const statement = testStatement();
    const certificate = await committee.certificate(1n, statement);
    expect(await committee.contract.check(1n, statement, certificate)).to.equal(15n);
    await expect(committee.contract.postpone()).to.be.revertedWithCustomError(committee.contract, "DrawNotMissed");
    await committee.register(committee.people[10]);
    await committee.turn();
    expect(await committee.contract.currentEpoch()).to.equal(2n);
  });

  it("has no seats while the pool is too small, and has some again when it is not", async () => {
    const committee = await fresh();
    await committee.contract.connect(committee.people[0]).resign();
    await committee.contract.connect(committee.people[1]).resign();
    await committee.turn();
    expect(await committee.contract.seated(2n)).to.deep.equal([]);
    const statement = testStatement();
    const old = await committee.certificate(1n, statement);
    await expect(committee.contract.check(2n, statement, old)).to.be.revertedWithCustomError(
      committee.contract,
      "NoSeats",
    );
    await committee.register(committee.people[10]);
    await committee.turn();
    expect(await committee.contract.seated(3n)).to.have.lengthOf(4);
    const certificate = await committee.certificate(3n, statement);
    expect(await committee.contract.check(3n, statement, certificate)).to.equal(15n);
  });

  it("is found by a time within it", async () => {
    const committee = await fresh();
    const starts = [(await committee.contract.epochs(1n)).startedAt];
    for (let epoch = 2n; epoch < 6n; epoch++) {
      await committee.turn();
      starts.push((await committee.contract.epochs(epoch)).startedAt);
    }
    expect(await committee.contract.epochAt(starts[0] - 1n)).to.equal(0n);
    for (const [index, start] of starts.entries()) {
      expect(await committee.contract.epochAt(start)).to.equal(BigInt(index + 1));
      expect(await committee.contract.epochAt(start - 1n)).to.equal(BigInt(index));
    }
    expect(await committee.contract.epochAt(starts[4] + 1_000_000n)).to.equal(5n);
  });

  it("costs about the same to draw from a large pool as from a small one", async () => {
    const costs: bigint[] = [];
    for (const pool of [6, 18]) {
      const committee = await deployCommittee({ pool, size: 4, epochBlocks: 40 });
      const sent = await committee.contract.turn(await committee.drawHeader());
      costs.push((await sent.wait())!.gasUsed);
    }
    const difference = costs[1] > costs[0] ? costs[1] - costs[0] : costs[0] - costs[1];
    expect(difference < 20_000n, `${costs[0]} and ${costs[1]} gas`).to.equal(true);
  });

  it("draws every member about as often as any other", () => {
    const counts = new Array<number>(10).fill(0);
    for (let epoch = 0n; epoch < 2000n; epoch++) {
      const places = drawPlaces(`0x${"37".repeat(32)}`, epoch, `0x${"12".repeat(20)}`, 10, 4);
      for (const place of places) counts[place]++;
    }
    for (const count of counts) expect(count).to.be.within(720, 880);
  });

  it("refuses parameters that make no sense", async () => {
    for (const given of [
      { size: 0 },
      { size: 116 },
      { epochBlocks: 0 },
      { epochBlocks: 8_000_001 },
      { freezeBlocks: 0 },
      { freezeBlocks: 21 },
      { reporterShare: 10_001 },
    ]) {
      const refused = await deployCommittee({ ...given, pool: 0 }).catch((error: unknown) => error);
      expect(String(refused)).to.contain("ParameterOutOfRange");
    }
  });
});
