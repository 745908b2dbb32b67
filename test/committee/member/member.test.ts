import { expect } from "chai";

import { signOrder } from "../../../plugin/committee/batchOrder.js";
import { CERTIFICATE_DOMAIN, verify } from "../../../plugin/committee/bls.js";
import { assertionStatement, batchStatement } from "../../../plugin/committee/statement.js";
import {
  memberAnswer,
  type AssertionRequest,
  type BatchAnswer,
  type BatchRequest,
} from "../../../plugin/committee/wire.js";
import { hexToBytes, ZERO_WORD, type Hex } from "../../../plugin/hex.js";
import { verifyWord, WordTree } from "../../../plugin/sources/wordTree.js";
import { loops } from "../../helpers/chains.js";
import { CommitteeChain, post } from "../../helpers/members.js";

const WORD: Hex = `0x${"12".repeat(32)}`;
const ADDRESS: Hex = `0x${"12".repeat(20)}`;

describe("a committee member", () => {
  let chain: CommitteeChain;
  let member: Hex;
  let url: string;

  before(async () => {
    chain = await CommitteeChain.deploy();
    [member] = await chain.seated();
    ({ url } = await chain.start(member, { limits: { batchBytes: 1000, patience: 2000 } }));
  });

  after(() => chain.end());

  /** The code of a refusal. */
  async function refused(path: string, request: unknown, status: number): Promise<unknown> {
    const answer = await post(url, path, request);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
    return answer.body.code;
  }

  const refusedBatch = async (given: Partial<BatchRequest>, status: number, data = loops(1)): Promise<unknown> =>
    refused("/v1/batches", await chain.batchRequest(data, given), status);
  const refusedAssertion = async (given: Partial<AssertionRequest>, status: number): Promise<unknown> =>
    refused("/v1/assertions", await chain.assertionRequest(given), status);

  it("says who it is", async () => {
    const identity = memberAnswer.parse(await (await fetch(`${url}/v1/member`)).json());
    expect(identity).to.deep.include({ member, committee: chain.view.address, chainId: 31337, epoch: 1, seat: 0 });
    expect(identity.key).to.equal((await chain.view.member(member)).key);
    expect(identity.chains.map(({ inbox }) => inbox)).to.deep.equal([chain.deployment.addresses.inbox]);
  });

  it("refuses batches that it cannot vouch for", async () => {
    expect(await refusedBatch({ inbox: ADDRESS }, 404)).to.equal("CHAIN_UNKNOWN");
    expect(await refusedBatch({ lastInput: WORD }, 503)).to.equal("LAST_INPUT_DIFFERS");
    expect(await refusedBatch({ epoch: 0 }, 403)).to.equal("NOT_SEATED");
    expect(await refusedBatch({ epoch: 2 }, 503)).to.equal("EPOCH_UNKNOWN");
    expect(await refusedBatch({ expiry: 1 }, 409)).to.equal("EXPIRY_OUT_OF_RANGE");
    const { expiry } = await chain.batchRequest(loops(1));
    expect(await refusedBatch({ expiry: expiry + 200 * 86_400 }, 409)).to.equal("EXPIRY_OUT_OF_RANGE");
    expect(await refusedBatch({}, 413, new Uint8Array(1001))).to.equal("BATCH_TOO_LONG");
  });

  it("keeps batches for the sequencer alone: nobody else can make it sign for a place in the inbox", async () => {
    const request = await chain.batchRequest(loops(1));
    const stranger = chain.committee.people[9];
    const { root } = new WordTree(loops(1));
    const order = { ...request, root, length: 32n, expiry: BigInt(request.expiry) };
    const fields = { inbox: order.inbox, lastInput: order.lastInput, root, length: 32n, expiry: order.expiry };
    const strangers = await signOrder(chain.view.identity, fields, stranger);
    expect(await refused("/v1/batches", { ...request, order: strangers }, 403)).to.equal("NOT_SEQUENCER");
    const orders: Hex[] = [`0x${"00".repeat(65)}`, `0x${"ff".repeat(65)}`];
    for (const each of [
      { ...fields, expiry: 1n },
      { ...fields, root: WORD },
      { ...fields, length: 31n },
    ]) {
      orders.push(await signOrder(chain.view.identity, each, chain.sequencerSigner));
    }
    const elsewhere = { ...chain.view.identity, address: ADDRESS };
    orders.push(await signOrder(elsewhere, fields, chain.sequencerSigner));
    for (const each of orders) {
      expect(await refused("/v1/batches", { ...request, order: each }, 403)).to.equal("NOT_SEQUENCER");
    }
  });

  it("signs for a batch what the contract wants signed, and serves its bytes and words", async () => {
    const data = new Uint8Array(hexToBytes(`0x${"0123456789".repeat(40)}`));
    const request = await chain.batchRequest(data);
    const answer = await post(url, "/v1/batches", request);
    const { seat, epoch, signature, root, length } = answer.body as unknown as BatchAnswer;
    expect({ seat, epoch, length }).to.deep.equal({ seat: 0, epoch: 1, length: 200 });
    const statement = batchStatement(request.inbox, ZERO_WORD, root, 200n, BigInt(request.expiry));
    const { seats } = await chain.view.epoch();
    expect(verify(seats[0].key, chain.view.digest(1n, statement), CERTIFICATE_DOMAIN, signature)).to.equal(true);
    const served = await fetch(`${url}/v1/batches/${root.toUpperCase().replace("0X", "0x")}`);
    expect(served.headers.get("content-type")).to.equal("application/octet-stream");
    expect(new Uint8Array(await served.arrayBuffer())).to.deep.equal(data);
    for (let index = 0; index < 7; index++) {
      const proof = (await (await fetch(`${url}/v1/batches/${root}/words/${index}`)).json()) as Record<string, Hex>;
      expect(verifyWord(root, 200, index, hexToBytes(proof.word), hexToBytes(proof.siblings))).to.equal(true);
    }
    expect(await (await fetch(`${url}/v1/batches/${root}/words/7`)).json()).to.include({ code: "WORD_UNKNOWN" });
  });

  it("takes an empty batch", async () => {
    await chain.stop(member);
    ({ url } = await chain.start(member, { database: ":memory:" }));
    const answer = await post(url, "/v1/batches", await chain.batchRequest(new Uint8Array()));
    expect(answer.status).to.equal(200);
    expect((await (await fetch(`${url}/v1/batches/${ZERO_WORD}`)).arrayBuffer()).byteLength).to.equal(0);
  });

  it("signs the state that it has computed itself, and no other", async () => {
    const sequencer = await chain.sequencer(chain.client({ members: new Map(), certificateTimeout: 1 }));
    sequencer.submit(loops(50));
    expect((await sequencer.postBatch()).posting.source).to.equal("calldata");
    expect(await refusedAssertion({ stateHash: `0x00${WORD.slice(4)}` }, 409)).to.equal("STATE_DIFFERS");
    expect(await refusedAssertion({ lastInput: WORD }, 409)).to.equal("LAST_INPUT_DIFFERS");
    expect(await refusedAssertion({ rollup: ADDRESS }, 404)).to.equal("CHAIN_UNKNOWN");
    expect(await refusedAssertion({ parent: WORD }, 503)).to.equal("PARENT_UNKNOWN");
    expect(await refusedAssertion({ epoch: 5 }, 503)).to.equal("EPOCH_UNKNOWN");
    const request = await chain.assertionRequest();
    const { status, body } = await post(url, "/v1/assertions", request);
    expect(status).to.equal(200);
    const statement = assertionStatement(request.rollup, request.parent, request.stateHash, request.lastInput);
    const { seats } = await chain.view.epoch();
    const digest = chain.view.digest(1n, statement);
    expect(verify(seats[0].key, digest, CERTIFICATE_DOMAIN, body.signature as Hex)).to.equal(true);
  });

  it("signs nothing that stands on what is false", async () => {
    const validator = await chain.validator();
    const next = (await validator.next())!;
    const { rollup } = validator.node.chain.contracts;
    const false_ = { ...next.state, core: WORD };
    const { assertionBond } = validator.node.chain.parameters;
    const lastInput = validator.node.derivation.inputHash(next.end - 1n);
    const liar = chain.committee.people[6];
    await rollup.connect(liar).assertState(next.parent.id, 0, false_, lastInput, { value: assertionBond });
    const sequencer = await chain.sequencer(chain.client({ members: new Map(), certificateTimeout: 1 }));
    sequencer.submit(loops(5));
    await sequencer.postBatch();
    await validator.node.sync();
    const lie = validator.node.assertions.all().find(({ state }) => state.core === WORD)!;
    expect(await refusedAssertion({ parent: lie.id }, 409)).to.equal("PARENT_FALSE");
    // Nor on what can never be confirmed any more, once its rival is.
    const attester = await chain.attester();
    await attester.node.sync();
    const statement = attester.statement(next.parent, next);
    await chain.committee.contract.attest(1n, statement, await chain.committee.certificate(1n, statement));
    const made = await validator.assert();
    expect((await validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([made!.assertion]);
    expect(await refusedAssertion({ parent: lie.id }, 409)).to.equal("PARENT_DEAD");
  });

  it("says that it has not executed far enough, rather than let others wait", async () => {
    await chain.stop(member);
    ({ url } = await chain.start(member, { limits: { patience: 1 } }));
    const sequencer = await chain.sequencer(chain.client({ members: new Map(), certificateTimeout: 1 }));
    sequencer.submit(loops(30_000_000));
    await sequencer.postBatch();
    const validator = await chain.validator();
    await validator.assert();
    const request = await chain.assertionRequest();
    const { status, body } = await post(url, "/v1/assertions", request);
    expect({ status, code: body.code }).to.deep.include({ status: 503 });
    expect(body.code).to.be.oneOf(["NOT_EXECUTED", "PARENT_UNKNOWN"]);
    // Who asks again gets it in the end.
    const collected = await chain
      .client({ certificateTimeout: 60_000 })
      .attest(assertionStatement(request.rollup, request.parent, request.stateHash, request.lastInput), 1n, 1);
    expect(collected.signed.map(({ seat }) => seat)).to.deep.equal([0]);
  });

  it("has nothing to say in an epoch in which it has no seat", async () => {
    const outsider = chain.committee.people
      .slice(0, 5)
      .map(({ address }) => address.toLowerCase() as Hex)
      .find((address) => address !== member)!;
    const seated = await chain.seated();
    const without = (await chain.view.pool()).find((address) => !seated.includes(address)) ?? outsider;
    const { url: there } = await chain.start(without);
    expect(await (await fetch(`${there}/v1/member`)).json()).to.deep.include({ seat: null });
    const { status, body } = await post(there, "/v1/batches", await chain.batchRequest(loops(1)));
    expect({ status, code: body.code }).to.deep.equal({ status: 403, code: "NOT_SEATED" });
    // Nor with another key than the one that has the seat: what it signed would be good for nothing.
    const other = await chain.start(seated[1], { key: chain.committee.secretOf("nobody") });
    const answer = await post(other.url, "/v1/batches", await chain.batchRequest(loops(1)));
    expect([answer.status, answer.body.code]).to.deep.equal([403, "NOT_SEATED"]);
    await chain.stop(seated[1]);
  });

  it("keeps no batch for an epoch that is over, though it had a seat there", async () => {
    await chain.committee.turn();
    expect(await refusedBatch({ epoch: 1 }, 503)).to.equal("EPOCH_DIFFERS");
  });
});
