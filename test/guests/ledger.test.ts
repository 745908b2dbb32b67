import { expect } from "chai";
import { keccak256 } from "ethers";
import fc from "fast-check";

import { buildGuest } from "../../plugin/guests/build.js";
import {
  decodeLedgerLog,
  encodeLedgerBatch,
  encodeLedgerDeposit,
  encodeLedgerQuery,
  encodeLedgerTransaction,
  LEDGER_MAXIMUM_TRANSACTIONS,
  type LedgerPaymentAction,
  type SignedLedgerTransaction,
  withdrawalLeaf,
} from "../../plugin/guests/ledger.js";
import { hexToBytes, wordOf, type Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import { GuestPair, type Handled } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";
import { LedgerModel } from "../helpers/ledgerModel.js";
import { addressOf, DOMAIN, inputFor, scenario, sign, TOKENS } from "../helpers/ledgerScenario.js";

const ETHER = 10n ** 18n;

/** A ledger beside its model. */
class Subject {
  readonly model = new LedgerModel();
  readonly inputs: Input[] = [];

  private constructor(readonly pair: GuestPair) {}

  static async of(bytes: Uint8Array): Promise<Subject> {
    return new Subject(await GuestPair.of(bytes));
  }

  /** Handles an input everywhere and compares all that can be seen. */
  handle(input: Input): Handled {
    this.inputs.push(input);
    const handled = this.pair.handle(input);
    const { outcome, logs, outputRoot } = handled;
    expect({ outcome, logs, outputRoot }).to.deep.equal({
      ...this.model.handle(input),
      outputRoot: this.model.outputRoot,
    });
    return handled;
  }

  deposit(actor: number, amount: bigint, token = 0): Handled {
    const data = encodeLedgerDeposit(addressOf(actor), amount, DOMAIN, TOKENS[token]);
    return this.handle(inputOf({ kind: "deposit", data }));
  }

  batch(...transactions: SignedLedgerTransaction[]): Handled {
    return this.handle(inputOf({ data: encodeLedgerBatch(transactions) }));
  }

  expectSameAccounts(): void {
    for (let actor = 0; actor <= 4; actor++) {
      for (const token of TOKENS) {
        this.handle(inputOf({ kind: "message", data: encodeLedgerQuery(addressOf(actor), token) }));
      }
    }
  }
}

/** A good signature of actor 0 or another. */
function signed(
  nonce: bigint,
  amount: bigint,
  to = 1,
  action: LedgerPaymentAction = "transfer",
  from = 0,
): SignedLedgerTransaction {
  return sign(from, { action, to: addressOf(to), amount, nonce });
}

function refusals({ logs }: Handled): string[] {
  return logs.flatMap((log) => {
    const decoded = decodeLedgerLog(hexToBytes(log as Hex));
    return decoded?.kind === "refused" ? [`${decoded.place} ${decoded.reason}`] : [];
  });
}

/** The same ledger in two languages: AssemblyScript and C. */
const LEDGERS = ["ledger", "ledger-c"] as const;

for (const name of LEDGERS)
  describe(`${name} on V8, on the machine and as a model`, () => {
    let bytes: Uint8Array;
    let ledger: Subject;

    before(async () => {
      bytes = await buildGuest(name);
    });

    beforeEach(async () => {
      ledger = await Subject.of(bytes);
    });

    it("is the same, whatever comes", async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(scenario, async (events) => {
          const subject = await Subject.of(bytes);
          for (const event of events) {
            const handled = subject.handle(inputFor(event, subject.model, subject.inputs));
            seen.add(`${event.kind} ${handled.outcome}`);
            for (const refusal of refusals(handled)) seen.add(refusal.split(" ")[1]);
          }
          subject.expectSameAccounts();
        }),
        { numRuns: 50, seed: 7 },
      );
      expect([...seen]).to.include.members([
        ...["deposit returned", "deposit rejected", "transactions returned", "transactions rejected", "again returned"],
        ...["bad-signature", "unknown-account", "wrong-nonce", "insufficient-balance"],
      ]);
    }).timeout(120_000);

    it("moves what was deposited, and refuses what is not there, without harm to the rest of the batch", () => {
      ledger.deposit(0, 5n * ETHER);
      const handled = ledger.batch(
        signed(0n, ETHER),
        signed(1n, 9n * ETHER),
        signed(1n, 4n * ETHER),
        signed(0n, ETHER, 2, "transfer", 1),
      );
      expect(refusals(handled)).to.deep.equal(["1 insufficient-balance"]);
      expect(ledger.model.account(addressOf(1))).to.deep.equal({ nonce: 1n, balance: 4n * ETHER });
      ledger.expectSameAccounts();
    });

    it("keeps an account for each address and token, with nonces of their own", () => {
      ledger.deposit(0, 5n, 0);
      ledger.deposit(0, 70n, 1);
      ledger.deposit(0, 71n, 2);
      const of = (token: number, nonce: bigint, amount: bigint, action: LedgerPaymentAction = "transfer") =>
        sign(0, { action, to: addressOf(1), amount, nonce, token: TOKENS[token] });
      const { logs } = ledger.batch(
        of(1, 0n, 70n),
        of(2, 0n, 1n),
        of(0, 0n, 6n),
        of(2, 1n, 70n, "withdrawal"),
        of(0, 0n, 5n),
        of(3, 0n, 0n),
      );
      expect(logs.map((log) => decodeLedgerLog(hexToBytes(log as Hex)))).to.deep.equal([
        { kind: "refused", place: 2, reason: "insufficient-balance", signer: addressOf(0) },
        { kind: "withdrawal", withdrawal: { index: 0n, token: TOKENS[2], recipient: addressOf(1), amount: 70n } },
        { kind: "refused", place: 5, reason: "unknown-account", signer: addressOf(0) },
      ]);
      expect(ledger.model.account(addressOf(1), TOKENS[1])).to.deep.equal({ nonce: 0n, balance: 70n });
      expect(ledger.model.account(addressOf(0), TOKENS[2])).to.deep.equal({ nonce: 2n, balance: 0n });
      ledger.expectSameAccounts();
    });

    it("takes no signature for another token than the one that was signed", () => {
      ledger.deposit(0, ETHER, 1);
      ledger.deposit(0, ETHER, 2);
      const transfer = sign(0, { action: "transfer", to: addressOf(1), amount: 1n, nonce: 0n, token: TOKENS[1] });
      for (const token of [TOKENS[0], TOKENS[2]]) {
        const { logs } = ledger.batch({ ...transfer, token } as SignedLedgerTransaction);
        expect(refusals({ logs } as Handled)).to.deep.equal(["0 unknown-account"]);
      }
    });

    it("puts messages to L1 among its outputs, with the sender that signed, and counts them with ether", () => {
      ledger.deposit(0, ETHER);
      const message = (nonce: bigint, data: Hex) => sign(0, { action: "message", to: addressOf(3), data, nonce });
      const handled = ledger.batch(
        message(0n, "0x1234"),
        signed(1n, 1n, 2, "withdrawal"),
        message(1n, "0x"),
        message(2n, "0x"),
      );
      const dataHash = (data: Hex): Hex => keccak256(data) as Hex;
      const common = { sender: addressOf(0), target: addressOf(3) };
      expect(handled.logs.map((log) => decodeLedgerLog(hexToBytes(log as Hex)))).to.deep.equal([
        { kind: "message", message: { index: 0n, ...common, dataHash: dataHash("0x1234") } },
        { kind: "withdrawal", withdrawal: { index: 1n, token: TOKENS[0], recipient: addressOf(2), amount: 1n } },
        { kind: "refused", place: 2, reason: "wrong-nonce", signer: addressOf(0) },
        { kind: "message", message: { index: 2n, ...common, dataHash: dataHash("0x") } },
      ]);
      expect(ledger.model.account(addressOf(0))).to.deep.equal({ nonce: 3n, balance: ETHER - 1n });
    });

    it("sends no message of who never had ether", () => {
      ledger.deposit(0, ETHER, 1);
      const message = sign(0, { action: "message", to: addressOf(3), data: "0x", nonce: 0n });
      expect(refusals(ledger.batch(message))).to.deep.equal(["0 unknown-account"]);
    });

    it("rejects a transaction that names what is no token, and a message that names one", () => {
      ledger.deposit(0, ETHER);
      const payment = encodeLedgerTransaction(signed(0n, 1n));
      payment[43] = 1;
      const message = encodeLedgerTransaction(sign(0, { action: "message", to: addressOf(3), data: "0x", nonce: 0n }));
      message[63] = 1;
      for (const data of [payment, message]) {
        expect(ledger.handle(inputOf({ data })).outcome).to.equal("rejected");
      }
      const data = encodeLedgerDeposit(addressOf(0), 1n, DOMAIN);
      data[43] = 1;
      expect(ledger.handle(inputOf({ kind: "deposit", data })).outcome).to.equal("rejected");
    });

    it("lets an account pay itself everything, and nothing more", () => {
      ledger.deposit(0, ETHER);
      expect(refusals(ledger.batch(signed(0n, ETHER, 0), signed(1n, ETHER + 1n, 0)))).to.deep.equal([
        "1 insufficient-balance",
      ]);
      expect(ledger.model.account(addressOf(0))).to.deep.equal({ nonce: 1n, balance: ETHER });
    });

    it("refuses what would overflow its recipient's balance", () => {
      ledger.deposit(0, 2n ** 256n - 1n);
      ledger.deposit(1, 1n);
      expect(refusals(ledger.batch(signed(0n, 2n ** 256n - 1n)))).to.deep.equal(["0 balance-overflow"]);
      expect(refusals(ledger.batch(signed(0n, 2n ** 256n - 2n)))).to.deep.equal([]);
      ledger.expectSameAccounts();
    });

    it("applies a signature once, in whatever input it comes again", () => {
      ledger.deposit(0, 5n * ETHER);
      const data = encodeLedgerBatch([signed(0n, ETHER)]);
      expect(refusals(ledger.handle(inputOf({ data })))).to.deep.equal([]);
      expect(refusals(ledger.handle(inputOf({ data })))).to.deep.equal(["0 wrong-nonce"]);
      expect(refusals(ledger.handle(inputOf({ kind: "message", data })))).to.deep.equal(["0 wrong-nonce"]);
    });

    it("takes no signature made for another chain or bridge", () => {
      ledger.deposit(0, ETHER);
      const transaction = { action: "transfer", to: addressOf(1), amount: 1n, nonce: 0n } as const;
      const elsewhere = [
        sign(0, transaction, { ...DOMAIN, chainId: 1n }),
        sign(0, transaction, { ...DOMAIN, bridge: addressOf(3) }),
      ];
      expect(refusals(ledger.batch(...elsewhere))).to.deep.equal(["0 unknown-account", "1 unknown-account"]);
    });

    it("is on the chain of its first deposit for good", () => {
      ledger.deposit(0, ETHER);
      const other = { chainId: 1n, bridge: addressOf(3) };
      ledger.handle(inputOf({ kind: "deposit", data: encodeLedgerDeposit(addressOf(1), ETHER, other) }));
      expect(refusals(ledger.batch(signed(0n, 1n)))).to.deep.equal([]);
    });

    it("knows no signer before the first deposit", () => {
      expect(refusals(ledger.batch(signed(0n, 0n)))).to.deep.equal(["0 bad-signature"]);
    });

    it("takes of the two values of s only the lower one", () => {
      ledger.deposit(0, ETHER);
      const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
      const withS = (s: bigint): SignedLedgerTransaction => ({
        ...signed(0n, 1n),
        yParityAndS: `0x${s.toString(16).padStart(64, "0")}`,
      });
      expect(refusals(ledger.batch(withS(half), withS(half + 1n), withS(0n)))).to.deep.equal([
        ...["0 unknown-account", "1 bad-signature", "2 bad-signature"],
      ]);
    });

    it("publishes the root of its withdrawals, and logs them", () => {
      ledger.deposit(0, 5n * ETHER);
      for (let count = 0; count < 4; count++) {
        const nonce = BigInt(count) * 2n;
        const { logs } = ledger.batch(signed(nonce, 1n, 4, "withdrawal"), signed(nonce + 1n, 2n, 3, "withdrawal"));
        expect(logs.map((log) => decodeLedgerLog(hexToBytes(log as Hex)))).to.deep.equal([
          { kind: "withdrawal", withdrawal: { index: nonce, token: TOKENS[0], recipient: addressOf(4), amount: 1n } },
          {
            kind: "withdrawal",
            withdrawal: { index: nonce + 1n, token: TOKENS[0], recipient: addressOf(3), amount: 2n },
          },
        ]);
      }
    });

    it("rejects a batch that is cut anywhere within a transaction, or has bytes behind the last", () => {
      ledger.deposit(0, ETHER);
      const data = encodeLedgerBatch([signed(0n, 1n), signed(1n, 1n, 2, "withdrawal")]);
      for (let length = 1; length < data.length; length++) {
        if (length === 160) continue;
        expect(ledger.handle(inputOf({ data: data.subarray(0, length) })).outcome, `${length} bytes`).to.equal(
          "rejected",
        );
      }
      expect(ledger.handle(inputOf({ data: Buffer.concat([data, new Uint8Array(1)]) })).outcome).to.equal("rejected");
      expect(ledger.handle(inputOf({ data })).outcome).to.equal("returned");
    });

    it("rejects a batch with a transaction of no known type, with all that came before it", () => {
      ledger.deposit(0, ETHER);
      const good = encodeLedgerTransaction(signed(0n, 1n, 2, "withdrawal"));
      for (const first of ["00000000", "04000000", "01000001", "01010000", "02000100", "ff000000"]) {
        const bad = encodeLedgerTransaction(signed(1n, 1n));
        bad.set(Buffer.from(first, "hex"));
        expect(ledger.handle(inputOf({ data: Buffer.concat([good, bad]) })).outcome, first).to.equal("rejected");
      }
      ledger.expectSameAccounts();
      expect(ledger.handle(inputOf({ data: good })).outcome).to.equal("returned");
    });

    it("rejects a batch of too many transactions", () => {
      const data = new Uint8Array(160 * (LEDGER_MAXIMUM_TRANSACTIONS + 1));
      for (let start = 0; start < data.length; start += 160) data[start] = 1;
      expect(ledger.handle(inputOf({ data })).steps).to.be.below(300);
      expect(ledger.handle(inputOf({ data: data.subarray(160) })).outcome).to.equal("returned");
    }).timeout(60_000);

    it("takes a batch of nothing", () => {
      expect(ledger.batch().outcome).to.equal("returned");
    });

    it("rejects a deposit whose recipient is no address", () => {
      const data = encodeLedgerDeposit(addressOf(0), 1n, DOMAIN);
      data[11] = 1;
      expect(ledger.handle(inputOf({ kind: "deposit", data })).outcome).to.equal("rejected");
    });

    it("answers a query by a log and changes nothing", () => {
      ledger.deposit(1, ETHER);
      const before = ledger.pair.machine.state().core;
      const { outcome, logs } = ledger.handle(inputOf({ kind: "message", data: wordOf(BigInt(addressOf(1))) }));
      expect(outcome).to.equal("rejected");
      const account = { address: addressOf(1), token: TOKENS[0], nonce: 0n, balance: ETHER };
      expect(decodeLedgerLog(hexToBytes(logs[0] as Hex))).to.deep.equal({ kind: "account", account });
      expect(ledger.pair.machine.state().core).to.equal(before);
    });
  });

for (const name of LEDGERS)
  describe(`${name} at its limits`, () => {
    const CAPACITY = 24_000;
    let pair: GuestPair;

    /** Addresses that all belong into the same place of the table. */
    const colliding = (index: number): Hex => `0x${(index + 1).toString(16).padStart(32, "0")}${"00000007"}`;
    const depositTo = (recipient: Hex): Input =>
      inputOf({ kind: "deposit", data: encodeLedgerDeposit(recipient, ETHER, DOMAIN) });

    before(async function () {
      this.timeout(120_000);
      pair = await GuestPair.of(await buildGuest(name));
      pair.v8.run(depositTo(addressOf(0)));
      for (let index = 0; index < CAPACITY - 1; index++) pair.v8.run(depositTo(colliding(index)));
      pair.copyFromV8();
    });

    it("returns a deposit that finds no room as a withdrawal to its recipient", () => {
      const { outcome, logs } = pair.handle(depositTo(colliding(CAPACITY)));
      expect(outcome).to.equal("returned");
      const withdrawal = { index: 0n, token: TOKENS[0], recipient: colliding(CAPACITY), amount: ETHER };
      expect(decodeLedgerLog(hexToBytes(logs[0] as Hex))).to.deep.equal({ kind: "withdrawal", withdrawal });
    });

    it("returns a deposit of a token that it has never seen, too", () => {
      const recipient = colliding(CAPACITY - 2);
      const data = encodeLedgerDeposit(recipient, 9n, DOMAIN, TOKENS[1]);
      const { outcome, logs } = pair.handle(inputOf({ kind: "deposit", data }));
      expect(outcome).to.equal("returned");
      const withdrawal = { index: 1n, token: TOKENS[1], recipient, amount: 9n };
      expect(decodeLedgerLog(hexToBytes(logs[0] as Hex))).to.deep.equal({ kind: "withdrawal", withdrawal });
    });

    it("still credits those who have an account", () => {
      expect(pair.handle(depositTo(colliding(CAPACITY - 2))).logs).to.deep.equal([]);
    });

    it("refuses transfers to newcomers, and goes on with the batch, within the budget of an L1 message", () => {
      const to = (address: Hex): SignedLedgerTransaction =>
        sign(0, { action: "transfer", to: address, amount: 1n, nonce: 0n });
      const data = encodeLedgerBatch([to(colliding(CAPACITY)), to(colliding(CAPACITY - 2))]);
      const handled = pair.handle(inputOf({ kind: "message", data }));
      expect(handled.outcome).to.equal("returned");
      expect(refusals(handled)).to.deep.equal(["0 table-full"]);
      expect(handled.steps).to.be.below(2 ** 22 / 2);
    });

    it("refuses withdrawals, and rejects the deposits that it would return, when the tree is full", () => {
      const tree = findTree(pair.v8.memory, 2);
      new DataView(pair.v8.memory.buffer).setBigUint64(tree, 2n ** 32n - 1n, true);
      pair.copyFromV8();
      const withdrawal = sign(0, { action: "withdrawal", to: addressOf(1), amount: 1n, nonce: 1n });
      expect(refusals(pair.handle(inputOf({ data: encodeLedgerBatch([withdrawal]) })))).to.deep.equal(["0 tree-full"]);
      expect(pair.handle(depositTo(colliding(CAPACITY))).outcome).to.equal("rejected");
    });

    /** Where the tree's count of leaves is: the word before its first leaf, when it has `count` of them. */
    function findTree(memory: Uint8Array, count: number): number {
      const leaf = withdrawalLeaf({ index: 0n, token: TOKENS[0], recipient: colliding(CAPACITY), amount: ETHER });
      let found = Buffer.from(memory.buffer).indexOf(leaf);
      while (found >= 0 && memory[found - 32] !== count) found = Buffer.from(memory.buffer).indexOf(leaf, found + 1);
      expect(found).to.be.above(0);
      return found - 32;
    }
  });
