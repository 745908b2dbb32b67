import { expect } from "chai";
import type { HDNodeWallet } from "ethers";
import { concat, keccak256, TypedDataEncoder, Wallet } from "ethers";
import fc from "fast-check";

import { RollupError } from "../../plugin/errors.js";
import { buildGuest } from "../../plugin/guests/build.js";
import {
  decodeLedgerBatch,
  decodeLedgerLog,
  encodeLedgerBatch,
  encodeLedgerDeposit,
  encodeLedgerTransaction,
  ledgerSigner,
  LedgerOutputs,
  queryLedgerAccount,
  signLedgerTransaction,
  withdrawalLeaf,
  type LedgerDomain,
  type LedgerTransaction,
  type SignedLedgerPayment,
} from "../../plugin/guests/ledger.js";
import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import { ETHER } from "../../plugin/node/outputs.js";
import type { GuestLog, InputOutcome } from "../../plugin/machines/machine.js";
import { loadWasmProgram } from "../../plugin/machines/wasm/program.js";
import { inputOf } from "../helpers/inputs.js";
import { withdrawalRoot } from "../helpers/ledgerModel.js";

const DOMAIN: LedgerDomain = { chainId: 31337n, bridge: "0x00000000000000000000000000000000000000b1" };
const RECIPIENT: Hex = "0x00000000000000000000000000000000000000aa";
const TOKEN: Hex = "0x00000000000000000000000000000000000000cc";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof RollupError) return error.code;
    throw error;
  }
  return "none";
}

describe("the ledger's transactions", () => {
  const wallet: HDNodeWallet = Wallet.fromPhrase("test test test test test test test test test test test junk");
  const transaction: LedgerTransaction = { action: "transfer", to: RECIPIENT, amount: 5n, nonce: 3n, token: TOKEN };

  it("are signed as typed data that wallets can show", async () => {
    const typed = TypedDataEncoder.getPayload(
      { name: "hardhat-rollup ledger", version: "1", chainId: DOMAIN.chainId, verifyingContract: DOMAIN.bridge },
      {
        Transfer: ["address to", "uint256 amount", "uint64 nonce", "address token"]
          .map((field) => field.split(" "))
          .map(([type, name]) => ({ type, name })),
      },
      { to: RECIPIENT, amount: 5n, nonce: 3n, token: TOKEN },
    ) as { primaryType: string };
    expect(typed.primaryType).to.equal("Transfer");
    const signed = await signLedgerTransaction(wallet, DOMAIN, transaction);
    expect(ledgerSigner(DOMAIN, signed)).to.equal(wallet.address.toLowerCase());
  });

  it("have another signer where anything is changed, or none", async () => {
    const signed = await signLedgerTransaction(wallet, DOMAIN, transaction);
    const changes = [
      { action: "withdrawal" },
      { to: DOMAIN.bridge },
      { amount: 6n },
      { token: RECIPIENT },
      { nonce: 4n },
      { r: wordHex(1n) },
      { r: wordHex(0n) },
    ] as const;
    for (const change of changes) {
      expect(ledgerSigner(DOMAIN, { ...(signed as SignedLedgerPayment), ...change })).to.not.equal(
        wallet.address.toLowerCase(),
      );
    }
    expect(ledgerSigner({ ...DOMAIN, chainId: 1n }, signed)).to.not.equal(wallet.address.toLowerCase());
    expect(ledgerSigner({ ...DOMAIN, bridge: RECIPIENT }, signed)).to.not.equal(wallet.address.toLowerCase());
  });

  it("have no signer where s is the higher of its two values", async () => {
    const signed = await signLedgerTransaction(wallet, DOMAIN, transaction);
    const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
    expect(ledgerSigner(DOMAIN, { ...signed, yParityAndS: wordHex(half) })).to.not.equal(undefined);
    expect(ledgerSigner(DOMAIN, { ...signed, yParityAndS: wordHex(half + 1n) })).to.equal(undefined);
  });

  it("are read back from a batch as they were written", () => {
    const hex = (length: number): fc.Arbitrary<Hex> =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => bytesToHex(bytes));
    const common = {
      to: hex(20),
      nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      r: hex(32),
      yParityAndS: hex(32),
    };
    const payment = fc.record({
      action: fc.constantFrom("transfer" as const, "withdrawal" as const),
      token: hex(20),
      amount: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      ...common,
    });
    const message = fc.record({ action: fc.constant("message" as const), dataHash: hex(32), ...common });
    fc.assert(
      fc.property(fc.array(fc.oneof(payment, message), { maxLength: 5 }), (batch) => {
        expect(decodeLedgerBatch(encodeLedgerBatch(batch))).to.deep.equal(batch);
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  it("of messages are signed with the data itself, and known by its hash", async () => {
    const message: LedgerTransaction = { action: "message", to: RECIPIENT, data: "0x1234", nonce: 3n };
    const signed = await signLedgerTransaction(wallet, DOMAIN, message);
    expect(signed).to.deep.include({ action: "message", dataHash: keccak256("0x1234") });
    expect(ledgerSigner(DOMAIN, signed)).to.equal(wallet.address.toLowerCase());
    for (const change of [{ to: DOMAIN.bridge }, { nonce: 4n }, { dataHash: keccak256("0x1235") as Hex }]) {
      expect(ledgerSigner(DOMAIN, { ...signed, ...change })).to.not.equal(wallet.address.toLowerCase());
    }
  });

  it("name no token that is no address, and no token in a message", async () => {
    const payment = encodeLedgerTransaction(await signLedgerTransaction(wallet, DOMAIN, transaction));
    payment[43] = 1;
    expect(codeOf(() => decodeLedgerBatch(payment))).to.equal("LEDGER_BATCH_MALFORMED");
    const message = encodeLedgerTransaction(
      await signLedgerTransaction(wallet, DOMAIN, { action: "message", to: RECIPIENT, data: "0x", nonce: 0n }),
    );
    expect(decodeLedgerBatch(message)).to.have.length(1);
    message[63] = 1;
    expect(codeOf(() => decodeLedgerBatch(message))).to.equal("LEDGER_BATCH_MALFORMED");
  });

  it("are not read from what the ledger rejects", async () => {
    const bytes = encodeLedgerTransaction(await signLedgerTransaction(wallet, DOMAIN, transaction));
    expect(codeOf(() => decodeLedgerBatch(bytes.subarray(1)))).to.equal("LEDGER_BATCH_MALFORMED");
    for (const place of [0, 1, 2, 3]) {
      const changed = bytes.slice();
      changed[place] ^= 4 + 64;
      expect(
        codeOf(() => decodeLedgerBatch(changed)),
        `byte ${place}`,
      ).to.equal("LEDGER_BATCH_MALFORMED");
    }
    expect(codeOf(() => decodeLedgerBatch(new Uint8Array(160 * 8193)))).to.equal("LEDGER_BATCH_MALFORMED");
  });
});

describe("the ledger's withdrawals", () => {
  const withdrawalLog = (index: bigint, amount: bigint): GuestLog => ({
    inputNumber: 0n,
    data: new Uint8Array(Buffer.concat([1n, index, BigInt(TOKEN), BigInt(RECIPIENT), amount].map(wordOf))),
  });
  const input = (outcome: InputOutcome, ...logs: GuestLog[]): { outcome: InputOutcome; logs: GuestLog[] } => ({
    outcome,
    logs,
  });
  const leaves = [11n, 22n, 33n].map((amount, index) =>
    bytesToHex(withdrawalLeaf({ index: BigInt(index), token: TOKEN, recipient: RECIPIENT, amount })),
  );
  let withdrawals: LedgerOutputs;

  beforeEach(() => {
    withdrawals = new LedgerOutputs([
      input("returned", withdrawalLog(0n, 11n)),
      input("rejected", withdrawalLog(1n, 666n)),
      input("returned", withdrawalLog(1n, 22n), withdrawalLog(2n, 33n)),
    ]);
  });

  /** The root that a proof leads to. */
  function rootOf(leaf: string, index: number, proof: readonly string[]): string {
    return proof.reduce(
      (node, sibling, height) => keccak256(concat((index >> height) & 1 ? [sibling, node] : [node, sibling])),
      leaf,
    );
  }

  it("are proven against the root of the state that holds them", () => {
    const earlier = { inputCount: 2n, outputRoot: withdrawalRoot(leaves.slice(0, 1)) };
    const later = { inputCount: 3n, outputRoot: withdrawalRoot(leaves) };
    expect(rootOf(leaves[0], 0, withdrawals.proveWithdrawal(earlier, 0n).proof)).to.equal(earlier.outputRoot);
    leaves.forEach((leaf, index) => {
      const { withdrawal, proof } = withdrawals.proveWithdrawal(later, BigInt(index));
      expect(proof).to.have.length(32);
      expect(withdrawal).to.deep.equal({
        index: BigInt(index),
        token: TOKEN,
        recipient: RECIPIENT,
        amount: BigInt(11 * (index + 1)),
      });
      expect(rootOf(leaf, index, proof)).to.equal(later.outputRoot);
    });
  });

  it("leave out what an undone input has logged", () => {
    expect(withdrawals.withdrawals().map(({ amount }) => amount)).to.deep.equal([11n, 22n, 33n]);
    expect(withdrawals.withdrawals(RECIPIENT.toUpperCase().replace("0X", "0x") as Hex)).to.have.length(3);
    expect(withdrawals.withdrawals(DOMAIN.bridge)).to.deep.equal([]);
  });

  it("are not proven against a state that does not hold them, publishes something else, or is ahead", () => {
    const outputRoot = withdrawalRoot(leaves.slice(0, 1));
    expect(codeOf(() => withdrawals.proveWithdrawal({ inputCount: 2n, outputRoot }, 1n))).to.equal("OUTPUT_NOT_THERE");
    expect(codeOf(() => withdrawals.proveWithdrawal({ inputCount: 0n, outputRoot }, 0n))).to.equal("OUTPUT_NOT_THERE");
    expect(codeOf(() => withdrawals.proveWithdrawal({ inputCount: 2n, outputRoot }, -1n))).to.equal("OUTPUT_NOT_THERE");
    expect(codeOf(() => withdrawals.proveWithdrawal({ inputCount: 3n, outputRoot }, 0n))).to.equal(
      "OUTPUT_ROOT_MISMATCH",
    );
    expect(codeOf(() => withdrawals.proveWithdrawal({ inputCount: 4n, outputRoot }, 0n))).to.equal("OUTPUTS_BEHIND");
  });

  it("can be collected as inputs are executed", () => {
    const bit = new LedgerOutputs();
    bit.add([input("returned", withdrawalLog(0n, 11n))]);
    bit.add([input("trapped"), input("returned", withdrawalLog(1n, 22n), withdrawalLog(2n, 33n))]);
    expect(bit.root()).to.equal(withdrawals.root());
    expect(bit.root(1)).to.equal(withdrawals.root(1));
  });
});

describe("asking the ledger for an account", () => {
  it("reads nonce and balance from a machine's snapshot, and leaves it as it is", async () => {
    const program = loadWasmProgram(await buildGuest("ledger"));
    const machine = program.start();
    machine.deliver(inputOf({ kind: "deposit", data: encodeLedgerDeposit(RECIPIENT, 77n, DOMAIN) }));
    machine.run(1e6);
    const before = machine.stateHash();
    const snapshot = machine.snapshot();
    expect(queryLedgerAccount(program, snapshot, RECIPIENT)).to.deep.equal({
      address: RECIPIENT,
      token: ETHER,
      nonce: 0n,
      balance: 77n,
    });
    expect(queryLedgerAccount(program, snapshot, DOMAIN.bridge)).to.deep.equal({
      address: DOMAIN.bridge,
      token: ETHER,
      nonce: 0n,
      balance: 0n,
    });
    expect(machine.stateHash()).to.equal(before);
  });

  it("says so if the guest is another", async () => {
    const program = loadWasmProgram(await buildGuest("counter"));
    const snapshot = program.start().snapshot();
    expect(codeOf(() => queryLedgerAccount(program, snapshot, RECIPIENT))).to.equal("LEDGER_QUERY_UNANSWERED");
  });

  it("takes no other log for an answer", () => {
    expect(decodeLedgerLog(new Uint8Array(127))).to.equal(undefined);
    for (const [kind, second] of [
      [0n, 1n],
      [4n, 1n],
      [2n, 0n],
      [2n, 8n],
    ]) {
      expect(decodeLedgerLog(new Uint8Array(Buffer.concat([kind, 0n, second, 0n].map(wordOf))))).to.equal(undefined);
    }
  });
});

function wordHex(value: bigint): Hex {
  return bytesToHex(wordOf(value));
}
