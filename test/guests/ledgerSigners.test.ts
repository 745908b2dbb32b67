import { expect } from "chai";
import { Wallet } from "ethers";

import {
  decodeLedgerBatch,
  encodeLedgerTransaction,
  LedgerSigners,
  ledgerSigner,
  signLedgerTransaction,
  type LedgerTransaction,
} from "../../plugin/guests/ledger.js";
import { bytesToHex } from "../../plugin/hex.js";
import { Random } from "../fuzz/random.js";

const DOMAIN = { chainId: 31_337n, bridge: `0x${"b1".repeat(20)}` } as const;

function drawTransaction(random: Random): LedgerTransaction {
  const to = bytesToHex(random.bytes(20));
  const nonce = BigInt(random.below(2 ** 31));
  if (random.below(3) === 0) return { action: "message", to, data: bytesToHex(random.bytes(random.below(70))), nonce };
  const token = random.below(2) === 0 ? undefined : bytesToHex(random.bytes(20));
  const action = random.below(2) === 0 ? "transfer" : "withdrawal";
  return { action, to, amount: BigInt(bytesToHex(random.bytes(32))), nonce, token: token ?? `0x${"00".repeat(20)}` };
}

describe("signers of the ledger's transactions, from their bytes", () => {
  const signers = new LedgerSigners(DOMAIN);

  it("are those that ethers recovers, whatever was signed and however it is damaged", async () => {
    const random = new Random(7);
    const wallet = Wallet.createRandom();
    for (let count = 0; count < 60; count++) {
      const bytes = encodeLedgerTransaction(await signLedgerTransaction(wallet, DOMAIN, drawTransaction(random)));
      expect(signers.of(bytes)).to.equal(wallet.address.toLowerCase());
      // Not the type, and not the token of a message, which are no transactions then.
      bytes[64 + random.below(96)] ^= 1 << random.below(8);
      const [signed] = decodeLedgerBatch(bytes);
      expect(signers.of(bytes)).to.equal(ledgerSigner(DOMAIN, signed));
    }
  });

  it("are nobody where the signature is the higher one of two, or is none", async () => {
    const transaction = { action: "transfer", to: `0x${"01".repeat(20)}`, amount: 1n, nonce: 0n } as const;
    const bytes = encodeLedgerTransaction(await signLedgerTransaction(Wallet.createRandom(), DOMAIN, transaction));
    for (const [from, value] of [
      [96, 0x00],
      [96, 0xff],
      [128, 0x00],
      [128, 0xff],
    ]) {
      expect(signers.of(bytes.slice().fill(value, from, from + 32)), `${from} ${value}`).to.equal(undefined);
    }
  });

  it("are of one chain and one bridge", async () => {
    const wallet = Wallet.createRandom();
    const transaction = { action: "transfer", to: `0x${"01".repeat(20)}`, amount: 1n, nonce: 0n } as const;
    const bytes = encodeLedgerTransaction(await signLedgerTransaction(wallet, DOMAIN, transaction));
    for (const changes of [{ chainId: 1n }, { bridge: `0x${"b2".repeat(20)}` as const }]) {
      expect(new LedgerSigners({ ...DOMAIN, ...changes }).of(bytes)).not.to.equal(wallet.address.toLowerCase());
    }
  });
});
