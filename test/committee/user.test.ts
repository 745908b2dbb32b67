import { expect } from "chai";
import { network } from "hardhat";

import { SecretKey } from "../../plugin/committee/bls.js";
import { CommitteeView } from "../../plugin/committee/committee.js";
import { CommitteeUser } from "../../plugin/committee/user.js";
import { deployCommittee, deployCommitteeOn, type CommitteeOptions, type TestCommittee } from "../helpers/committee.js";

async function start(options: CommitteeOptions): Promise<{ committee: TestCommittee; user: CommitteeUser }> {
  const committee = await deployCommittee(options);
  const { provider } = committee.ethers;
  const view = await CommitteeView.connect(committee.identity.address, provider);
  return { committee, user: new CommitteeUser(view, committee.people[9], provider) };
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

describe("somebody who deals with a committee", () => {
  it("joins once, with a stake in ether", async () => {
    const { user } = await start({ pool: 0 });
    const { spent } = await user.register(SecretKey.generate());
    expect(spent.value).to.equal(user.committee.parameters.stake);
    expect(await user.committee.pool()).to.deep.equal([await user.sender.address()]);
    expect(await codeOf(user.register(SecretKey.generate()))).to.equal("ALREADY_REGISTERED");
  });

  it("joins with a stake in a token, which is approved first", async () => {
    const connection = await network.create();
    const token = await connection.ethers.deployContract("HostileToken");
    const committee = await deployCommitteeOn(connection, { token: await token.getAddress(), pool: 0 });
    const view = await CommitteeView.connect(committee.identity.address, connection.ethers.provider);
    const user = new CommitteeUser(view, committee.people[9], connection.ethers.provider);
    const { stake } = view.parameters;
    await token.mint(await user.sender.address(), stake);
    const { spent } = await user.register(SecretKey.generate());
    expect(spent.value).to.equal(0n);
    expect(await token.balanceOf(view.address)).to.equal(stake);
    expect(await view.poolSize()).to.equal(1);
  });

  it("is told that the pool is frozen before anything is spent", async () => {
    const { user, committee } = await start({ pool: 0, epochBlocks: 5, freezeBlocks: 4 });
    await committee.helpers.mine(2);
    const before = await committee.ethers.provider.getBlockNumber();
    expect(await codeOf(user.register(SecretKey.generate()))).to.equal("POOL_FROZEN");
    expect(await committee.ethers.provider.getBlockNumber()).to.equal(before);
  });

  it("leaves, keeps its stake behind for as long as its seat can be answered for, and takes it home then", async () => {
    const { user, committee } = await start({ pool: 5, size: 4, unbonding: 500 });
    expect(await codeOf(user.leave())).to.equal("NOT_A_MEMBER");
    await user.register(SecretKey.generate());
    await committee.turn();
    expect((await user.leave()).action).to.equal("resign");
    expect(await user.committee.poolSize()).to.equal(5);
    expect(await user.leave()).to.deep.equal({ action: "wait", epoch: 1n, freeAt: undefined });
    await committee.turn();
    const freeAt = (await user.committee.epoch(2n)).startedAt + 500n;
    expect(await user.leave()).to.deep.equal({ action: "wait", epoch: 1n, freeAt });
    await committee.helpers.time.increaseTo(freeAt);
    const left = await user.leave();
    expect(left.action).to.equal("withdraw");
    expect((await user.committee.member(await user.sender.address())).status).to.equal("none");
    expect(await codeOf(user.leave())).to.equal("NOT_A_MEMBER");
  });

  it("cannot leave while the pool is frozen, nor once its stake is forfeited", async () => {
    const committee = await deployCommittee({ pool: 4 });
    await committee.turn();
    const { provider } = committee.ethers;
    const view = await CommitteeView.connect(committee.identity.address, provider);
    const [first, second] = (await committee.contract.seated(1n)).map((member) => committee.signerOf(member));
    await committee.slash(1n, [0]);
    expect(await codeOf(new CommitteeUser(view, first, provider).leave())).to.equal("NOT_A_MEMBER");
    await committee.helpers.mine(20);
    expect(await codeOf(new CommitteeUser(view, second, provider).leave())).to.equal("POOL_FROZEN");
  });

  it("waits for the draw, begins the epoch, and fixes another draw where L1 has forgotten one", async () => {
    const { user, committee } = await start({ epochBlocks: 40 });
    const waiting = await user.rotate();
    expect(waiting.action).to.equal("wait");
    await committee.helpers.mine(waiting.action === "wait" ? waiting.blocks : 0n);
    expect((await user.rotate()).action).to.equal("turn");
    expect(await user.committee.currentEpoch()).to.equal(1n);
    await committee.helpers.mine(9_000);
    expect((await user.rotate()).action).to.equal("postpone");
    expect(await user.committee.currentEpoch()).to.equal(1n);
    expect((await user.rotate()).action).to.equal("wait");
  });

  it("strikes the seats of who was slashed in all epochs whose members are bonded, and no others", async () => {
    const { user, committee } = await start({ pool: 4, unbonding: 50 });
    const { contract } = committee;
    // Everybody sits in every epoch; the first one is over for so long that nothing is recorded for it any more.
    await committee.turn();
    await committee.turn();
    await committee.helpers.time.increase(60);
    await committee.turn();
    await committee.turn();
    await committee.slash(2n, [1, 3]);
    const liars = [1, 3].map(async (seat) => (await contract.seated(2n))[seat]);
    const seatsIn = async (epoch: bigint): Promise<bigint> => {
      const seats = [...(await contract.seated(epoch))];
      return (await Promise.all(liars)).reduce((bits, liar) => bits | (1n << BigInt(seats.indexOf(liar))), 0n);
    };
    // By the evidence itself, in its epoch and in the current one.
    expect([await contract.struck(2n), await contract.struck(4n)]).to.deep.equal([
      await seatsIn(2n),
      await seatsIn(4n),
    ]);
    expect(await contract.struck(3n)).to.equal(0n);
    expect(await user.strike()).to.have.length(2);
    expect(await contract.struck(3n)).to.equal(await seatsIn(3n));
    expect(await contract.struck(1n)).to.equal(0n);
    expect(await user.strike()).to.deep.equal([]);
  });

  it("has nothing to collect who has shown nothing", async () => {
    const { user } = await start({ pool: 0 });
    expect(await user.collect()).to.equal(undefined);
  });
});
