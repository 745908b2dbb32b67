import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";

import {
  assertionStatement,
  batchStatement,
  encodeCertifiedBatch,
  statementDigest,
} from "../../plugin/committee/statement.js";
import { bytesToHex, hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import { deployCommitteeOn, type TestCommittee } from "../helpers/committee.js";
import { ASSERTION, Disputes, type MadeAssertion } from "../helpers/disputes.js";
import {
  attestedNode,
  combinationNode,
  DAY,
  deploySettlement,
  HOUR,
  makeRule,
  unchallengedNode,
  words,
  type RuleNodeGiven,
  type Settlement,
} from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const RETENTION = 30 * DAY;

/** A chain under the given rule, with a committee of four in its first epoch as its second source. */
async function start(nodes: (committee: string) => RuleNodeGiven[]) {
  const first = await deploySettlement();
  const committee = await deployCommitteeOn(first, { pool: 5, size: 4 });
  await committee.turn();
  const address = await committee.contract.getAddress();
  const source = await first.ethers.deployContract("CommitteeSource", [address, 3, RETENTION]);
  const sources = [await first.parts.source.getAddress(), await source.getAddress()];
  const chain = await first.sibling(await makeRule(first.parts.rules, nodes(address)), sources);
  return { chain, committee, source, disputes: new Disputes(chain) };
}

/** As the design's table has it, for four members of whom two are honest. */
const anytrust = (committee: string): RuleNodeGiven[] => [
  attestedNode(committee, 3),
  unchallengedNode(7 * DAY),
  combinationNode(1, [0, 1]),
];
const shortWindow = (committee: string): RuleNodeGiven[] => [
  attestedNode(committee, 3),
  unchallengedNode(HOUR),
  combinationNode(2, [0, 1]),
  unchallengedNode(7 * DAY),
  combinationNode(1, [2, 3]),
];

async function statementOf(chain: Settlement, { trace }: Pick<MadeAssertion, "trace">, parent = chain.genesis) {
  const { next } = await chain.rollup.assertion(parent);
  const last = (await chain.inbox.inputHash(next - 1n)) as Hex;
  const rollup = (await chain.rollup.getAddress()) as Hex;
  return assertionStatement(rollup, parent, hashMachineState(trace.end), last);
}

async function attest(chain: Settlement, committee: TestCommittee, made: MadeAssertion, seats?: number[], epoch = 1n) {
  const statement = await statementOf(chain, made);
  await committee.contract.attest(epoch, statement, await committee.certificate(epoch, statement, seats));
}

describe("the rule attested", () => {
  it("is satisfied by a recorded certificate of enough members, whoever brings it", async () => {
    const { chain, committee, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await attest(chain, committee, made, [0, 1]);
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await attest(chain, committee, made, [3]);
    await chain.rollup.confirm(made.id);
    expect((await chain.rollup.assertion(made.id)).status).to.equal(ASSERTION.confirmed);
  });

  it("takes a certificate that came before the assertion", async () => {
    const { chain, committee, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const trace = await disputes.truth();
    const statement = await statementOf(chain, { trace });
    await committee.contract.attest(1n, statement, await committee.certificate(1n, statement, [0, 2, 3]));
    const made = await disputes.assert(chain.people[0], trace);
    await chain.rollup.confirm(made.id);
  });

  it("counts only the committee that was active when the assertion was made", async () => {
    const { chain, committee, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    await committee.turn();
    await attest(chain, committee, made, undefined, 2n);
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await attest(chain, committee, made, undefined, 1n);
    await chain.rollup.confirm(made.id);
  });

  it("counts members no more once they are slashed", async () => {
    const { chain, committee, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    await attest(chain, committee, made, [0, 1, 2]);
    const statement = await statementOf(chain, made);
    const other = { ...statement, value: ZERO_WORD };
    const [a, b] = [await committee.certificate(1n, statement, [1]), await committee.certificate(1n, other, [1])];
    await committee.contract.slashConflict(1n, statement, a, 1n, other, b);
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await attest(chain, committee, made, [3]);
    await chain.rollup.confirm(made.id);
  });

  it("is not moved by what was signed of another state, parent or inbox", async () => {
    const { chain, committee, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    const statement = await statementOf(chain, made);
    const wrong = [
      { ...statement, value: ZERO_WORD },
      { ...statement, parent: ZERO_WORD },
      { ...statement, accumulator: ZERO_WORD },
      { ...statement, subject: (await chain.inbox.getAddress()) as Hex },
      { ...statement, expiry: 1n },
    ];
    for (const other of wrong) {
      await committee.contract.attest(1n, other, await committee.certificate(1n, other));
      await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    }
    const batch = { ...statement, purpose: 1 } as const;
    await expect(
      committee.contract.attest(1n, batch, await committee.certificate(1n, batch)),
    ).to.be.revertedWithCustomError(committee.contract, "WrongPurpose");
  });

  it("needs a committee and a quorum that there can be", async () => {
    const { chain, committee } = await start(anytrust);
    const { rules } = chain.parts;
    const address = await committee.contract.getAddress();
    for (const quorum of [0, 5]) {
      await expect(rules.create([attestedNode(address, quorum)])).to.be.revertedWithCustomError(
        rules,
        "QuorumOutOfRange",
      );
    }
    await expect(rules.create([attestedNode(`0x${"11".repeat(20)}`, 1)])).to.be.revertedWithCustomError(
      rules,
      "NotACommittee",
    );
  });

  it("without a committee leaves the rollup's window, no later than it would have been", async () => {
    const { chain, disputes } = await start(anytrust);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    await chain.after(7 * DAY - 10);
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await chain.after(7 * DAY + 1);
    await chain.rollup.confirm(made.id);
  });

  it("in short-window mode opens the short window, and a lie that was signed is disputed within it and slashed", async () => {
    const { chain, committee, disputes } = await start(shortWindow);
    await chain.batch(words(3));
    const truth = await disputes.truth();
    const [liar, honest] = chain.people;
    const lie = await disputes.assert(liar, new FalseTrace(truth, 5n));
    await attest(chain, committee, lie, [0, 1, 2]);
    await chain.after(HOUR / 2);
    const claim = await disputes.claim(honest, lie.id, truth);
    await chain.after(HOUR);
    await expect(chain.rollup.confirm(lie.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await expect(committee.contract.slashWrong(chain.rollup, lie.id, 1n)).to.be.revertedWithCustomError(
      committee.contract,
      "NotCountered",
    );
    await chain.after(3 * DAY);
    await chain.rollup.resolve([claim.claim]);
    await committee.contract.connect(honest).slashWrong(chain.rollup, lie.id, 1n);
    expect(await committee.contract.credit(honest.address)).to.equal(3n * 10n ** 17n);
    expect(await committee.contract.struck(1n)).to.equal(0b0111n);
    await expect(committee.contract.slashWrong(chain.rollup, lie.id, 1n)).to.be.revertedWithCustomError(
      committee.contract,
      "NobodyToSlash",
    );
    await expect(committee.contract.slashWrong(chain.rollup, lie.id, 2n)).to.be.revertedWithCustomError(
      committee.contract,
      "NobodyToSlash",
    );
  });

  it("in short-window mode confirms a truth after the short window", async () => {
    const { chain, committee, disputes } = await start(shortWindow);
    await chain.batch(words(3));
    const made = await disputes.assert(chain.people[0], await disputes.truth());
    await attest(chain, committee, made);
    await expect(chain.rollup.confirm(made.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await chain.after(HOUR + 1);
    await chain.rollup.confirm(made.id);
  });
});

describe("batches that a committee keeps", () => {
  const bytes = concatBytes(...words(5).map(hexToBytes));
  const tree = new WordTree(bytes);
  const length = BigInt(bytes.length);

  async function certified(
    { chain, committee }: { chain: Settlement; committee: TestCommittee },
    given: { seats?: number[]; expiry?: bigint; lastInput?: Hex; epoch?: bigint } = {},
  ): Promise<{ data: Hex; expiry: bigint }> {
    const inbox = (await chain.inbox.getAddress()) as Hex;
    const expiry = given.expiry ?? BigInt(await chain.time.latest()) + BigInt(RETENTION) + 100n;
    const count = await chain.inbox.count();
    const last = given.lastInput ?? (count === 0n ? ZERO_WORD : ((await chain.inbox.inputHash(count - 1n)) as Hex));
    const statement = batchStatement(inbox, last, tree.root, length, expiry);
    const certificate = await committee.certificate(given.epoch ?? 1n, statement, given.seats);
    return { data: encodeCertifiedBatch(tree.root, length, expiry, certificate), expiry };
  }

  it("are appended by their root and a certificate, and read like any other", async () => {
    const given = await start(anytrust);
    const { chain, source } = given;
    for (let batch = 0; batch < 2; batch++) {
      const { data } = await certified(given);
      await chain.inbox.appendBatch(await chain.inbox.count(), 1, data, []);
    }
    const [first] = await chain.inbox.queryFilter(chain.inbox.filters.BatchAppended(), 0);
    const header = first.args.header as unknown as { source: string; commitment: string }[] & {
      source: string;
      commitment: string;
    };
    expect([header.source, header.commitment]).to.deep.equal([await source.getAddress(), tree.root]);
    for (let index = 0; index < 5; index++) {
      const proof = bytesToHex(concatBytes(bytes.subarray(32 * index, 32 * index + 32), tree.prove(index)));
      expect(await source.word(tree.root, length, index, proof)).to.equal(words(5)[index]);
    }
    expect(await source.word(tree.root, length, 5, "0x")).to.equal(ZERO_WORD);
  });

  it("need a quorum, of this epoch, for this inbox at this place, of bytes that are kept for long enough", async () => {
    const given = await start(anytrust);
    const { chain, committee, source } = given;
    const refused = async (data: Hex, contract: unknown, error: string) =>
      expect(chain.inbox.appendBatch(await chain.inbox.count(), 1, data, [])).to.be.revertedWithCustomError(
        contract as never,
        error,
      );
    const early = BigInt(await chain.time.latest()) + BigInt(RETENTION) - 10n;
    await refused((await certified(given, { expiry: early })).data, source, "ExpiresTooEarly");
    await refused((await certified(given, { seats: [0, 1] })).data, source, "QuorumMissed");
    const other = `0x${"01".repeat(32)}` as const;
    await refused((await certified(given, { lastInput: other })).data, committee.contract, "WrongSignature");
    const { data } = await certified(given);
    await chain.inbox.appendBatch(await chain.inbox.count(), 1, data, []);
    await refused(data, committee.contract, "WrongSignature");
    await committee.turn();
    await refused((await certified(given)).data, committee.contract, "WrongSignature");
    await chain.inbox.appendBatch(await chain.inbox.count(), 1, (await certified(given, { epoch: 2n })).data, []);
  });

  it("give way to batches on L1 while the committee is silent, and come back", async () => {
    const given = await start(anytrust);
    const { chain } = given;
    await chain.inbox.appendBatch(await chain.inbox.count(), 1, (await certified(given)).data, []);
    await chain.inbox.appendBatch(1, 0, bytes, []);
    await chain.inbox.appendBatch(await chain.inbox.count(), 1, (await certified(given)).data, []);
    expect(await chain.inbox.count()).to.equal(3n);
  });
});

describe("statements", () => {
  it("have the digests that the contract computes", async () => {
    const { chain, committee } = await start(anytrust);
    const inbox = (await chain.inbox.getAddress()) as Hex;
    for (const statement of [
      assertionStatement(inbox, `0x${"01".repeat(32)}`, `0x${"02".repeat(32)}`, `0x${"03".repeat(32)}`),
      batchStatement(inbox, ZERO_WORD, `0x${"04".repeat(32)}`, 77n, 2n ** 64n - 1n),
    ]) {
      const digest = await committee.contract.digestOf(9n, statement);
      expect(statementDigest(committee.identity, 9n, statement)).to.equal(digest);
    }
  });
});
