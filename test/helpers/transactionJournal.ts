import { expect } from "chai";

import type { Hex } from "../../plugin/hex.js";
import type { Attempt, Intent, Mined, NewIntent } from "../../plugin/l1/intent.js";
import type { TransactionJournal } from "../../plugin/l1/transactionJournal.js";

const ME = { account: `0x${"a1".repeat(20)}`, chainId: 31_337n } as const;
const OTHERS = [
  { ...ME, account: `0x${"b2".repeat(20)}` },
  { ...ME, chainId: 1n },
] as const;

/** An intent with everything in it; what differs is given. */
export function intentOf(changes: Partial<NewIntent> = {}): NewIntent {
  return {
    ...ME,
    key: "assert:0x01:0x02:0",
    nonce: 3,
    action: "assert",
    text: 'assert "0x02"',
    transaction: { to: `0x${"c3".repeat(20)}`, data: "0x0102", value: 10n ** 20n, gasLimit: 90_000n, blobs: [] },
    until: 2n ** 40n,
    at: 1_700_000_000_000,
    status: "prepared",
    attempts: [],
    mined: undefined,
    reason: undefined,
    ...changes,
  };
}

const ATTEMPT: Attempt = {
  hash: `0x${"d4".repeat(32)}`,
  raw: "0x02ff",
  maxFeePerGas: 2n ** 70n,
  maxPriorityFeePerGas: 1n,
  maxFeePerBlobGas: 0n,
  block: 17,
  at: 1_700_000_000_001,
};

const MINED: Mined = {
  hash: ATTEMPT.hash,
  block: 18,
  blockHash: `0x${"e5".repeat(32)}`,
  succeeded: true,
  fee: 21_000n,
  at: 1_700_000_000_002,
};

/**
 * What every journal does.
 * @param create An empty one. @param reopen The same one as another process finds it after this one was killed; the same object where it ends with its process.
 */
export function behavesAsJournal(
  create: () => Promise<TransactionJournal>,
  reopen: (journal: TransactionJournal) => Promise<TransactionJournal> = (journal) => Promise.resolve(journal),
): void {
  let journal: TransactionJournal;

  beforeEach(async () => {
    journal = await create();
  });

  function codeOf(action: () => unknown): string | undefined {
    try {
      action();
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  }

  it("gives back what it was given, to its account alone", async () => {
    const added = journal.add(intentOf());
    journal = await reopen(journal);
    const { id: _id, ...rest } = added;
    expect(rest).to.deep.equal(intentOf());
    expect(journal.find(ME, added.key)).to.deep.equal(added);
    expect(journal.open(ME)).to.deep.equal([added]);
    expect([...journal.all(ME)]).to.deep.equal([added]);
    for (const other of OTHERS) {
      expect(journal.find(other, added.key)).to.equal(undefined);
      expect(journal.open(other)).to.deep.equal([]);
      expect([...journal.all(other)]).to.deep.equal([]);
    }
  });

  it("keeps every change of an intent", async () => {
    let intent: Intent = journal.add(intentOf());
    const blobs: readonly Hex[] = [`0x01${"f6".repeat(31)}`];
    const changes: Partial<Intent>[] = [
      { attempts: [ATTEMPT] },
      { status: "sent" },
      { attempts: [ATTEMPT, { ...ATTEMPT, maxFeePerBlobGas: 5n }], transaction: { ...intent.transaction, blobs } },
      { status: "mined", mined: MINED },
      { status: "sent", mined: undefined },
      { status: "mined", mined: { ...MINED, succeeded: false } },
      { status: "final" },
    ];
    for (const change of changes) {
      intent = { ...intent, ...change };
      journal.update(intent);
      journal = await reopen(journal);
      expect(journal.find(ME, intent.key)).to.deep.equal(intent);
    }
    expect(journal.open(ME)).to.deep.equal([]);
  });

  it("has one intent under a key as long as that may be or was done", () => {
    let intent = journal.add(intentOf());
    const again = () => journal.add(intentOf({ nonce: 4 }));
    for (const change of [{}, { status: "sent" }, { status: "mined", mined: MINED }, { status: "final" }] as const) {
      intent = { ...intent, ...change };
      journal.update(intent);
      expect(codeOf(again)).to.equal("INTENT_TAKEN");
    }
    expect(codeOf(() => journal.add(intentOf({ ...OTHERS[0], nonce: 4 })))).to.equal(undefined);
  });

  for (const change of [
    { status: "abandoned", reason: "another was faster" },
    { status: "final", mined: { ...MINED, succeeded: false } },
  ] as const) {
    it(`begins anew under the key of one that is ${change.status} without success`, async () => {
      const first = journal.add(intentOf());
      journal.update({ ...first, ...change });
      const second = journal.add(intentOf({ nonce: 4 }));
      journal = await reopen(journal);
      expect(second.id).not.to.equal(first.id);
      expect(journal.find(ME, second.key)).to.deep.equal(second);
      expect([...journal.all(ME)]).to.deep.equal([{ ...first, ...change }, second]);
    });
  }

  it("has one open intent with a nonce, and gives the open ones by their nonces", () => {
    const high = journal.add(intentOf({ key: "high", nonce: 9 }));
    const low = journal.add(intentOf({ key: "low", nonce: 8 }));
    expect(codeOf(() => journal.add(intentOf({ key: "same", nonce: 9 })))).to.equal("INTENT_TAKEN");
    expect(journal.open(ME)).to.deep.equal([low, high]);
    journal.update({ ...high, status: "abandoned", reason: "never sent" });
    expect(journal.open(ME)).to.deep.equal([low]);
    journal.add(intentOf({ key: "same", nonce: 9 }));
  });

  it("does not change what it does not have", () => {
    const intent = journal.add(intentOf());
    expect(codeOf(() => journal.update({ ...intent, id: intent.id + 1 }))).to.equal("INTENT_UNKNOWN");
  });
}
