import { expect } from "chai";
import { Wallet } from "ethers";

import {
  encodeLedgerTransaction,
  ledgerSigner,
  decodeLedgerBatch,
  signLedgerTransaction,
  type LedgerDomain,
} from "../../plugin/guests/ledger.js";
import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import { forgetSigners, knowsSigner, recoverSigner } from "../../plugin/machines/recovery.js";
import { LedgerView } from "../../plugin/service/ledgerView.js";
import { SignersAhead } from "../../plugin/service/signersAhead.js";
import { Random } from "../fuzz/random.js";
import { ETHER, ServedChain, until } from "./services.js";

const DOMAIN: LedgerDomain = { chainId: 31_337n, bridge: `0x${"b1".repeat(20)}` };
const COUNT = 300;
const payer = new Wallet(bytesToHex(wordOf(0xa4ead)));

/** One account's transfers, some of which are damaged, but never so that the ledger would reject the whole batch. */
async function batchOf(domain: LedgerDomain, random: Random, count = COUNT): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for (let nonce = 0; nonce < count; nonce++) {
    const to = bytesToHex(random.bytes(20));
    const transfer = { action: "transfer", to, amount: BigInt(random.below(9)), nonce: BigInt(nonce) } as const;
    const bytes = encodeLedgerTransaction(await signLedgerTransaction(payer, domain, transfer));
    if (random.below(4) === 0) bytes[64 + random.below(96)] ^= 1 << random.below(8);
    all.push(bytes);
  }
  return new Uint8Array(Buffer.concat(all));
}

describe("signers that are recovered ahead, in threads", function () {
  this.timeout(120_000);
  const view = new LedgerView(DOMAIN);
  let ahead: SignersAhead;

  beforeEach(() => {
    forgetSigners();
    ahead = new SignersAhead(2);
  });

  afterEach(() => ahead.close());

  it("are those that ethers recovers, whatever is damaged, and are known to whoever asks then", async () => {
    const batch = await batchOf(DOMAIN, new Random(21));
    const signatures = view.signatures(batch);
    await ahead.recover(signatures);
    expect(signatures.every(knowsSigner)).to.equal(true);
    const recovered = signatures.map((words) => bytesToHex(recoverSigner(words).subarray(12)));
    const signers = decodeLedgerBatch(batch).map((signed) => ledgerSigner(DOMAIN, signed));
    const found = signers.filter((signer): signer is Hex => signer !== undefined);
    expect(recovered.filter((signer) => BigInt(signer) !== 0n)).to.deep.equal(found);
    expect(new Set(found).size).to.be.above(10);
  });

  it("are not asked for in threads where there are few, or where they are known", async () => {
    const signatures = view.signatures(await batchOf(DOMAIN, new Random(22), 100));
    await ahead.recover(signatures.slice(0, 20));
    expect(signatures.some(knowsSigner)).to.equal(false);
    for (const words of signatures.slice(0, 60)) recoverSigner(words);
    await ahead.recover(signatures);
    expect(knowsSigner(signatures[99])).to.equal(false);
  });

  it("are left to whoever asks where the threads end meanwhile, and recovered by new ones the next time", async () => {
    const signatures = view.signatures(await batchOf(DOMAIN, new Random(23)));
    const under = ahead.recover(signatures);
    await ahead.close();
    await under;
    await ahead.recover(signatures);
    expect(signatures.every(knowsSigner)).to.equal(true);
  });

  it("are of no transactions where an input is none", () => {
    for (const length of [0, 32, 64, 159, 161]) {
      expect(view.signatures(new Uint8Array(length).fill(1)).length, String(length)).to.equal(0);
    }
    expect(view.signatures(new Uint8Array(160).fill(0xff)).length).to.equal(0);
  });

  it("change nothing of what a node executes: it comes to the states and refusals of one that recovers none ahead", async () => {
    const served = await ServedChain.deploy();
    const random = new Random(24);
    await (await served.chain.user()).deposit(ETHER, payer.address.toLowerCase() as Hex);
    const sequencer = await served.chain.sequencer();
    await sequencer.drain();
    for (let round = 0; round < 3; round++) {
      sequencer.submit(await batchOf(served.domain, random, 100 + random.below(100)));
      await sequencer.postBatch();
    }
    // What is foreseen is what the ledger has asked for.
    const { inputs } = served.chain.node.derivation;
    const foreseen = inputs.flatMap(({ data }) => new LedgerView(served.domain).signatures(data));
    expect(foreseen.length).to.be.above(200);
    expect(foreseen.every(knowsSigner)).to.equal(true);
    forgetSigners();
    await served.start([]);
    const [ours, theirs] = [served.service.node.executor, served.chain.node.executor];
    await until(() => ours.inputCount === theirs.inputCount);
    for (let end = 1n; end <= theirs.inputCount; end++) {
      expect(ours.boundary(end)?.hash).to.equal(theirs.boundary(end)?.hash);
      expect(ours.execution(end - 1n)).to.deep.equal(theirs.execution(end - 1n));
    }
    await served.stop();
  });
});
