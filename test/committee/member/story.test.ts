import { expect } from "chai";

import { BatchMemory } from "../../../plugin/committee/batchPlace.js";
import type { Hex } from "../../../plugin/hex.js";
import type { NodeEvent } from "../../../plugin/node/events.js";
import { loops } from "../../helpers/chains.js";
import { CommitteeChain, proxy, QUORUM } from "../../helpers/members.js";
import { WebServer } from "../../helpers/webServer.js";

/** What a promise throws. */
async function failureOf(work: Promise<unknown>): Promise<{ code?: string; message: string }> {
  return work.then(
    () => Promise.reject(new Error("It did not fail.")),
    (error: { code?: string; message: string }) => error,
  );
}

describe("a chain with a committee", () => {
  let chain: CommitteeChain;
  let seats: Hex[];
  const events: NodeEvent[] = [];

  before(async () => {
    chain = await CommitteeChain.deploy();
    seats = await chain.seated();
  });

  after(() => chain.end());

  it("posts a certificate while its members answer; anybody derives the batch from what they serve", async () => {
    await chain.startAll();
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(3));
    const { posting, spent } = await sequencer.postBatch();
    expect(posting.source).to.equal("committee");
    expect(spent.gas < 400_000n, `${spent.gas} gas`).to.equal(true);
    const other = await chain.node();
    await other.sync();
    expect(other.derivation.inputs.map(({ data }) => data)).to.deep.equal([loops(3)]);
    expect(other.executor.boundary(1n)?.hash).to.equal(sequencer.node.executor.boundary(1n)?.hash);
  });

  it("has its assertions signed by members who execute them, and confirms with their certificate", async () => {
    const validator = await chain.validator();
    const made = await validator.assert();
    expect(await validator.confirm()).to.deep.equal([]);
    const attester = await chain.attester();
    const { attested, missed } = await attester.once();
    expect(missed.size).to.equal(0);
    expect(attested.map(({ assertion, attesters }) => ({ assertion, attesters }))).to.deep.equal([
      { assertion: made!.assertion, attesters: QUORUM },
    ]);
    expect((await validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([made!.assertion]);
    expect((await attester.once()).attested).to.deep.equal([]);
  });

  it("goes on without one member, and with one that serves wrong bytes", async () => {
    await chain.stop(seats[0]);
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(4));
    expect((await sequencer.postBatch()).posting.source).to.equal("committee");
    const liars = await Promise.all(
      seats
        .slice(1, 3)
        .map((seat) =>
          proxy(chain.urls.get(seat)!, (path, body) =>
            path.includes("/batches/") ? Buffer.from(body.map((byte) => byte ^ 1)) : body,
          ),
        ),
    );
    const members = new Map(chain.urls);
    seats.slice(1, 3).forEach((seat, index) => members.set(seat, liars[index].url));
    const node = await chain.node({ client: chain.client({ members }) });
    await node.sync();
    expect(node.derivation.inputs.map(({ data }) => data)).to.deep.equal([loops(3), loops(4)]);
    await Promise.all(liars.map((liar) => liar.stop()));
  });

  it("is derived though most of those who have signed take a request and never answer it", async () => {
    const silent = await WebServer.start(() => undefined);
    const members = new Map(chain.urls);
    for (const seat of [seats[0], ...seats.slice(2)]) members.set(seat, silent.url);
    const node = await chain.node({ client: chain.client({ members, dataTimeout: 600_000 }) });
    await node.sync();
    expect(node.derivation.inputs.map(({ data }) => data)).to.deep.equal([loops(3), loops(4)]);
    await silent.stop();
  });

  it("posts the same batch to L1 when the committee falls silent, and says why", async () => {
    await chain.stop(seats[1]);
    events.length = 0;
    const sequencer = await chain.sequencer(undefined, (event) => events.push(event));
    sequencer.submit(loops(5));
    const { posting } = await sequencer.postBatch();
    expect(posting.source).to.equal("calldata");
    const [skipped] = events.filter(({ type }) => type === "skipped") as { reason: string }[];
    expect(skipped.reason).to.match(/Signed: \d\n {2}Needed: 3/);
    for (const seat of seats.slice(0, 2)) expect(skipped.reason).to.contain(seat).and.contain("does not answer");
    expect(sequencer.node.derivation.inputs.map(({ data }) => data)).to.deep.equal([loops(3), loops(4), loops(5)]);
  });

  it("asks the committee again for every batch, and returns to it", async () => {
    const sequencer = await chain.sequencer();
    await chain.start(seats[0]);
    sequencer.submit(loops(6));
    expect((await sequencer.postBatch()).posting.source).to.equal("committee");
    await chain.start(seats[1]);
    const node = await chain.node();
    await node.sync();
    expect(node.derivation.inputs.length).to.equal(4);
  });

  it("names whom it asked for a batch that nobody gives, and is known up to there", async () => {
    const client = chain.client({ members: new Map([[seats[0], chain.urls.get(seats[0])!]]), dataTimeout: 1000 });
    await chain.stop(seats[0]);
    const node = await chain.node({ client, onEvent: (event) => events.push(event) });
    events.length = 0;
    await node.sync();
    expect(node.derivation.inputs.length).to.equal(0);
    expect(node.derivation.count).to.equal(4);
    expect(node.derivation.missing?.code).to.equal("BATCH_MISSING");
    const [{ reason }] = events.filter(({ type }) => type === "missing") as { reason: string }[];
    expect(reason).to.contain(`member ${seats[0]} (${chain.urls.get(seats[0])}): It does not answer`);
    expect(reason).to.contain("its server's address is not known");
    await chain.start(seats[0]);
    const later = await chain.node({ client: chain.client() });
    await later.sync();
    expect(later.derivation.missing).to.equal(undefined);
  });

  it("keeps what it found in its archive, from which it is derived without any member", async () => {
    const archive = new BatchMemory();
    await (await chain.node({ archive })).sync();
    const alone = await chain.node({ archive, client: chain.client({ members: new Map() }) });
    await alone.sync();
    expect(alone.derivation.inputs.length).to.equal(4);
  });

  it("is refused by members of whom a false state is wanted; they tell what they have computed", async () => {
    const attester = await chain.attester();
    await attester.node.sync();
    const validator = await chain.validator();
    const next = (await validator.next())!;
    const lie = { ...next, stateHash: `0x00${"12".repeat(31)}` as Hex };
    const failure = await failureOf(attester.attestNext(lie));
    expect(failure.code).to.equal("QUORUM_MISSED");
    expect(failure.message.match(/STATE_DIFFERS/g)?.length).to.be.greaterThan(1);
    expect(failure.message).to.contain(next.stateHash);
    // The certificate may come before the assertion.
    const early = await attester.attestNext(next);
    expect(early.attesters).to.equal(QUORUM);
    const made = await validator.assert();
    expect((await validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([made!.assertion]);
  });

  it("counts an assertion's own epoch: members of the one before sign for that after it is over", async () => {
    const validator = await chain.validator();
    const made = await validator.assert();
    await chain.committee.turn();
    const attester = await chain.attester();
    const { attested } = await attester.once();
    expect(attested.map(({ epoch }) => epoch)).to.deep.equal([1n]);
    expect((await validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([made!.assertion]);
  });
});
