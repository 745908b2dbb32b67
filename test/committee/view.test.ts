import { expect } from "chai";

import { blockHeader } from "../../plugin/committee/blockHeader.js";
import { CERTIFICATE_DOMAIN, verify } from "../../plugin/committee/bls.js";
import { CommitteeView } from "../../plugin/committee/committee.js";
import type { Hex } from "../../plugin/hex.js";
import { committeeFixture, testStatement } from "../helpers/committee.js";

describe("a committee seen through a provider", () => {
  const fixture = committeeFixture();

  async function seen() {
    const committee = await fixture();
    return { committee, view: await CommitteeView.connect(committee.identity.address, committee.ethers.provider) };
  }

  it("has the contract's parameters and identity", async () => {
    const { committee, view } = await seen();
    const { size, stake, epochBlocks, freezeBlocks, unbonding, reporterShare, token } = committee.options;
    expect(view.parameters).to.deep.equal({ size, stake, epochBlocks, freezeBlocks, unbonding, reporterShare, token });
    expect(view.identity).to.deep.equal(committee.identity);
  });

  it("has the members and keys of an epoch, whose signatures are good under them", async () => {
    const { committee, view } = await seen();
    const { epoch, seats, struck, startedAt } = await view.epoch();
    expect({ epoch, struck, count: seats.length }).to.deep.equal({ epoch: 1n, struck: 0n, count: 4 });
    expect(startedAt).to.equal((await committee.contract.epochs(1)).startedAt);
    const seated = await committee.contract.seated(1);
    const digest = view.digest(epoch, testStatement());
    for (const { seat, member, key } of seats) {
      expect(member).to.equal(seated[seat].toLowerCase());
      expect(key).to.equal(await committee.contract.keyOf(member));
      const signature = committee.secretOf(seated[seat]).sign(digest, CERTIFICATE_DOMAIN);
      expect(verify(key, digest, CERTIFICATE_DOMAIN, signature)).to.equal(true);
    }
  });

  it("has no seats in an epoch that has not begun", async () => {
    const { view } = await seen();
    expect(await view.epoch(2n)).to.deep.equal({ epoch: 2n, startedAt: 0n, seats: [], struck: 0n });
  });

  it("knows for how long an epoch's members are bonded, as the contract does", async () => {
    const { committee, view } = await seen();
    const statement = testStatement();
    const certificate = await committee.certificate(1n, statement);
    await committee.helpers.time.increase(5000);
    expect(await view.isBonded(1n)).to.equal(true);
    await committee.turn();
    const { startedAt } = await view.epoch(2n);
    await committee.helpers.time.increaseTo(startedAt + 998n);
    expect(await view.isBonded(1n)).to.equal(true);
    await committee.contract.attest(1n, statement, certificate);
    await committee.helpers.time.increaseTo(startedAt + 1000n);
    expect([await view.isBonded(1n), await view.isBonded(2n)]).to.deep.equal([false, true]);
    await expect(committee.contract.attest(1n, statement, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "SignersUnbonded",
    );
  });

  it("knows its members and its pool", async () => {
    const { committee, view } = await seen();
    const pool = await view.pool();
    expect(pool).to.deep.equal(committee.people.slice(0, 5).map(({ address }) => address.toLowerCase()));
    const member = await view.member(pool[0]);
    expect(member).to.include({ status: "bonded", pooled: true, leftIn: undefined });
    expect(member.key).to.equal(committee.secretOf(committee.people[0].address).key);
    await committee.contract.connect(committee.people[0]).resign();
    expect(await view.member(pool[0])).to.include({ status: "leaving", pooled: false, leftIn: 1n });
    const stranger = committee.people[9].address as Hex;
    expect(await view.member(stranger)).to.include({ status: "none", key: undefined, pooled: false });
  });

  it("says what can be done about the next epoch, and it can", async () => {
    const { committee, view } = await seen();
    const { drawBlock, block, action } = await view.nextTurn();
    expect(action).to.equal("wait");
    await committee.helpers.mine(drawBlock - block - 1n);
    expect((await view.nextTurn()).action).to.equal("wait");
    await committee.helpers.mine(1);
    expect((await view.nextTurn()).action).to.equal("turn");
    const header = await view.drawHeader(committee.ethers.provider);
    expect(header).to.equal(await blockHeader(committee.ethers.provider, drawBlock));
    await committee.contract.turn(header);
    expect(await view.currentEpoch()).to.equal(2n);
    await committee.helpers.mine(9000);
    expect((await view.nextTurn()).action).to.equal("postpone");
    await committee.contract.postpone();
  });

  it("tells what has happened", async () => {
    const { committee, view } = await seen();
    const names = (await view.events(0)).map(({ description }) => description.name);
    expect(names).to.deep.equal([...Array.from({ length: 5 }, () => "MemberRegistered"), "EpochTurned"]);
    const statement = testStatement();
    await committee.contract.attest(1n, statement, await committee.certificate(1n, statement, [0, 2]));
    expect(await view.attesters(1n, statement)).to.equal(0b101n);
  });

  it("is refused where there is none", async () => {
    const { committee } = await seen();
    const connecting = CommitteeView.connect(`0x${"12".repeat(20)}`, committee.ethers.provider);
    const error = await connecting.then(
      () => undefined,
      (thrown: { code: string }) => thrown.code,
    );
    expect(error).to.equal("COMMITTEE_MISSING");
  });
});
