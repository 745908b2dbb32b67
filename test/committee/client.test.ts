import { expect } from "chai";
import { keccak256 } from "ethers";

import type { CommitteeClient, BatchToCertify } from "../../plugin/committee/client.js";
import { QuorumMissedError } from "../../plugin/committee/collect.js";
import { batchStatement } from "../../plugin/committee/statement.js";
import { bytesToHex, hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import { loops } from "../helpers/chains.js";
import { CommitteeChain, impostor, proxy, QUORUM } from "../helpers/members.js";
import { WebServer } from "../helpers/webServer.js";

/** The error of a certificate that does not come about. */
async function missed(work: Promise<unknown>): Promise<QuorumMissedError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(QuorumMissedError);
  return error as QuorumMissedError;
}

describe("collecting certificates", () => {
  let chain: CommitteeChain;
  let seats: Hex[];
  let batch: BatchToCertify;
  const stopped: (() => Promise<void>)[] = [];

  before(async () => {
    chain = await CommitteeChain.deploy();
    seats = await chain.seated();
    await chain.startAll();
    const { expiry } = await chain.batchRequest(new Uint8Array());
    const { inbox } = chain.deployment.addresses;
    batch = { inbox, lastInput: ZERO_WORD, data: loops(1), expiry: BigInt(expiry) };
  });

  afterEach(async () => {
    await Promise.all(stopped.splice(0).map((stop) => stop()));
  });

  after(() => chain.end());

  /** A client that finds some members elsewhere than they are. */
  function clientWith(elsewhere: Record<number, string | undefined>, certificateTimeout = 10_000): CommitteeClient {
    const members = new Map(chain.urls);
    for (const [seat, url] of Object.entries(elsewhere)) {
      if (url === undefined) members.delete(seats[Number(seat)]);
      else members.set(seats[Number(seat)], url);
    }
    return chain.client({ members, certificateTimeout });
  }

  async function altering(seat: number, alter: (body: Buffer) => Buffer): Promise<string> {
    const liar = await proxy(chain.urls.get(seats[seat])!, (_path, body) => alter(body));
    stopped.push(() => liar.stop());
    return liar.url;
  }

  async function answering(answer: Parameters<typeof WebServer.start>[0]): Promise<string> {
    const server = await WebServer.start(answer);
    stopped.push(() => server.stop());
    return server.url;
  }

  async function certify(client: CommitteeClient, quorum = QUORUM) {
    return client.certifyBatch(batch, quorum, chain.sequencerSigner);
  }

  it("gives a certificate that the contract takes, of any quorum and of all", async () => {
    for (const quorum of [1, 2, 3, 4]) {
      const { certificate, signed } = await certify(chain.client(), quorum);
      expect(signed.length).to.be.greaterThanOrEqual(quorum);
      const { root } = new WordTree(batch.data);
      const statement = batchStatement(batch.inbox, ZERO_WORD, root, 32n, batch.expiry);
      expect(await chain.view.contract.check(1n, statement, certificate)).to.equal(certificate.signers);
    }
  });

  it("is done as soon as enough have signed, however slow another is", async () => {
    const silent = await answering(() => undefined);
    const before = Date.now();
    const { signed } = await certify(clientWith({ 1: silent }, 60_000));
    expect(signed.map(({ seat }) => seat).sort()).to.deep.equal([0, 2, 3]);
    expect(Date.now() - before).to.be.lessThan(30_000);
  });

  it("gives up when the time is up, and names who gave no answer", async () => {
    const silent = await answering(() => undefined);
    const before = Date.now();
    const error = await missed(certify(clientWith({ 1: silent, 2: silent }, 3_000)));
    expect(Date.now() - before).to.be.within(2_900, 30_000);
    expect(error.failures.map(({ member }) => member)).to.have.members([seats[1], seats[2]]);
    expect(error.signed.length).to.equal(2);
    expect(error.message).to.contain("gave no answer in 3000 ms");
  });

  it("gives up at once when too many fail, and says why each did", async () => {
    const before = Date.now();
    const error = await missed(certify(clientWith({ 0: "http://127.0.0.1:1", 3: undefined }, 60_000)));
    expect(Date.now() - before).to.be.lessThan(30_000);
    const reasons = new Map(error.failures.map(({ member, reason }) => [member, reason]));
    expect(reasons.get(seats[0])).to.contain("does not answer");
    expect(reasons.get(seats[3])).to.contain("address is not known");
  });

  const lies: [string, (body: Buffer) => Buffer, string][] = [
    ["signs for another seat", (body) => changed(body, { seat: 0 }), "signed for seat 0"],
    ["signs for another epoch", (body) => changed(body, { epoch: 7 }), "of epoch 7"],
    [
      "gives no point of the curve",
      (body) => changed(body, { signature: `0x${"00".repeat(63)}${"07".repeat(65)}` }),
      "not good",
    ],
    ["gives the point at infinity", (body) => changed(body, { signature: `0x${"00".repeat(128)}` }), "not good"],
    ["gives half a signature", (body) => changed(body, { signature: "0x1234" }), "cannot be read: signature"],
    ["gives no JSON", () => Buffer.from("<html>"), "cannot be read"],
    ["gives null", () => Buffer.from("null"), "cannot be read"],
    ["gives a flood", () => Buffer.alloc(1_000_000, 0x20), "gave more than"],
    ["refuses in a strange way", () => Buffer.from("[]"), "cannot be read"],
  ];
  for (const [what, alter, reason] of lies) {
    it(`does without a member that ${what}`, async () => {
      const url = await altering(2, alter);
      const { signed } = await certify(clientWith({ 2: url }));
      expect(signed.map(({ seat }) => seat).sort()).to.deep.equal([0, 1, 3]);
      const error = await missed(certify(clientWith({ 2: url }), 4));
      expect(error.failures.map(({ member }) => member)).to.deep.equal([seats[2]]);
      expect(error.failures[0].reason).to.contain(reason);
    });
  }

  it("does without a member whose signature is another key's", async () => {
    await chain.stop(seats[2]);
    const signer = chain.committee.people.find(({ address }) => address.toLowerCase() === seats[2])!;
    await chain.start(seats[2], { key: impostor(chain.committee, chain.committee.secretOf(signer.address)) });
    const error = await missed(certify(chain.client(), 4));
    expect(error.failures.map(({ member }) => member)).to.deep.equal([seats[2]]);
    expect(error.failures[0].reason).to.contain("not good under its key");
    expect((await certify(chain.client())).signed.length).to.equal(QUORUM);
    await chain.stop(seats[2]);
    await chain.start(seats[2]);
  });

  it("is not sent elsewhere by a member", async () => {
    const url = await answering((_path, response) => {
      response.writeHead(307, { location: chain.urls.get(seats[2])! }).end();
    });
    const error = await missed(certify(clientWith({ 2: url }), 4));
    expect(error.failures[0].reason).to.contain("does not answer");
  });

  it("asks a member again that is not there yet, until the time is up", async () => {
    let asked = 0;
    const target = chain.urls.get(seats[2])!;
    const late = await answering((_path, response) => {
      asked += 1;
      if (asked < 3) {
        response.statusCode = 503;
        return { code: "LAST_INPUT_DIFFERS", message: "Not yet.", facts: {} };
      }
      response.writeHead(302, { location: target }).end();
      return undefined;
    });
    await missed(certify(clientWith({ 2: late }), 4));
    expect(asked).to.equal(3);
    const never = await answering((_path, response) => {
      response.statusCode = 503;
      return { code: "NOT_EXECUTED", message: "Not yet.", facts: { executed: 3 } };
    });
    const error = await missed(certify(clientWith({ 2: never }, 3_000), 4));
    expect(error.failures[0].reason).to.match(/NOT_EXECUTED: Not yet. executed 3|gave no answer/);
  });

  it("wants no signature of a struck member", async () => {
    const { root } = new WordTree(batch.data);
    const [a, b] = [root, ZERO_WORD].map((each) => batchStatement(batch.inbox, root, each, 32n, 1n));
    const [first, second] = await Promise.all([a, b].map((each) => chain.committee.certificate(1n, each, [1])));
    await chain.committee.contract.slashConflict(1n, a, first, 1n, b, second);
    const { signed } = await certify(chain.client());
    expect(signed.map(({ seat }) => seat).sort()).to.deep.equal([0, 2, 3]);
  });

  it("proves single words of a batch, as the source contract checks them, from the first member whose proof is good", async () => {
    const data = hexToBytes(`0x${"0123456789abcdef".repeat(30)}`);
    const lastInput = ZERO_WORD;
    await chain.end();
    chain = await CommitteeChain.deploy();
    seats = await chain.seated();
    await chain.startAll();
    const { inbox } = chain.deployment.addresses;
    const { root } = await chain
      .client()
      .certifyBatch({ ...batch, inbox, lastInput, data }, QUORUM, chain.sequencerSigner);
    const members = [...chain.urls].map(([member, url]) => [member, url] as const);
    const wrong = await proxy(members[0][1], (_path, body) => changed(body, { word: keccak256("0x") }));
    stopped.push(() => wrong.stop());
    const client = chain.client({ members: new Map([[members[0][0], wrong.url], ...members.slice(1)]) });
    const source = await chain.committee.ethers.getContractAt("CommitteeSource", chain.source);
    for (const index of [0, 3, 7]) {
      const { word, proof } = await client.word(root, BigInt(data.length), index);
      expect(word).to.equal(bytesToHex(data.subarray(32 * index, 32 * index + 32)).padEnd(66, "0"));
      expect(await source.word(root, data.length, index, proof)).to.equal(word);
    }
  });
});

function changed(body: Buffer, change: object): Buffer {
  return Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...change }));
}
