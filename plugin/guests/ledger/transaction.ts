import { getAddress, Signature, verifyTypedData, type Signer, type TypedDataDomain, type TypedDataField } from "ethers";

import { RollupError } from "../../errors.js";
import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../hex.js";

/** What an account's owner may sign, by its number. */
export const LEDGER_ACTIONS = { transfer: 1, withdrawal: 2 } as const;
export type LedgerAction = keyof typeof LEDGER_ACTIONS;

/** Bytes of a transaction; a batch is nothing but transactions. */
export const LEDGER_TRANSACTION_SIZE = 128;

/** The most transactions of one batch or message. */
export const LEDGER_MAXIMUM_TRANSACTIONS = 8192;

export interface LedgerTransaction {
  readonly action: LedgerAction;
  /** An account of the ledger, or, for a withdrawal, an address on L1. */
  readonly to: Hex;
  /** In wei. */
  readonly amount: bigint;
  /** How many transactions of the signer the ledger has applied before it. */
  readonly nonce: bigint;
}

export interface SignedLedgerTransaction extends LedgerTransaction {
  readonly r: Hex;
  /** s, with the parity of v as its highest bit (EIP-2098). */
  readonly yParityAndS: Hex;
}

/** Where signatures are good. */
export interface LedgerDomain {
  /** Of the settlement layer. */
  readonly chainId: bigint;
  readonly bridge: Hex;
}

/** Half of the order of secp256k1: of the two values of s that sign the same, the ledger takes the lower. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const FIELDS: TypedDataField[] = [
  { name: "to", type: "address" },
  { name: "amount", type: "uint256" },
  { name: "nonce", type: "uint64" },
];

/** The typed data (EIP-712) that is signed for an action. */
export function ledgerTypes(action: LedgerAction): Record<string, TypedDataField[]> {
  return { [action === "transfer" ? "Transfer" : "Withdrawal"]: FIELDS };
}

/** The domain as wallets take it. */
export function ledgerTypedDataDomain({ chainId, bridge }: LedgerDomain): TypedDataDomain {
  return { name: "hardhat-rollup ledger", version: "1", chainId, verifyingContract: bridge };
}

/** Signs a transaction as typed data. */
export async function signLedgerTransaction(
  signer: Pick<Signer, "signTypedData">,
  domain: LedgerDomain,
  transaction: LedgerTransaction,
): Promise<SignedLedgerTransaction> {
  const signature = await signer.signTypedData(
    ledgerTypedDataDomain(domain),
    ledgerTypes(transaction.action),
    messageOf(transaction),
  );
  const { r, yParityAndS } = Signature.from(signature);
  return { ...transaction, r: r as Hex, yParityAndS: yParityAndS as Hex };
}

/** Who signed a transaction, as the ledger sees it; undefined if nobody did. */
export function ledgerSigner(domain: LedgerDomain, signed: SignedLedgerTransaction): Hex | undefined {
  if (BigInt(signed.yParityAndS) % 2n ** 255n > HALF_ORDER) return undefined;
  try {
    const signature = Signature.from({ r: signed.r, yParityAndS: signed.yParityAndS });
    const signer = verifyTypedData(
      ledgerTypedDataDomain(domain),
      ledgerTypes(signed.action),
      messageOf(signed),
      signature,
    );
    return signer.toLowerCase() as Hex;
  } catch {
    return undefined;
  }
}

/** A transaction's 128 bytes: `type | 3 zero bytes | nonce u64 | to`, amount, r, yParityAndS. */
export function encodeLedgerTransaction(signed: SignedLedgerTransaction): Uint8Array {
  const first = wordOf(signed.nonce * 2n ** 160n + BigInt(signed.to));
  first[0] = LEDGER_ACTIONS[signed.action];
  const words = [first, wordOf(signed.amount), hexToBytes(signed.r), hexToBytes(signed.yParityAndS)];
  return new Uint8Array(Buffer.concat(words));
}

/** The bytes of a batch, or of an L1 message. */
export function encodeLedgerBatch(transactions: readonly SignedLedgerTransaction[]): Uint8Array {
  return new Uint8Array(Buffer.concat(transactions.map(encodeLedgerTransaction)));
}

/**
 * The transactions of a batch, or of an L1 message.
 * @throws {RollupError} `LEDGER_BATCH_MALFORMED` for what the ledger rejects as a whole.
 */
export function decodeLedgerBatch(bytes: Uint8Array): SignedLedgerTransaction[] {
  const count = bytes.length / LEDGER_TRANSACTION_SIZE;
  if (!Number.isInteger(count) || count > LEDGER_MAXIMUM_TRANSACTIONS) {
    throw new RollupError("LEDGER_BATCH_MALFORMED", "A batch of the ledger is a row of transactions.", {
      given: `${bytes.length} bytes`,
      expected: `a multiple of ${LEDGER_TRANSACTION_SIZE}, up to ${LEDGER_MAXIMUM_TRANSACTIONS} of them`,
    });
  }
  return Array.from({ length: count }, (_, place) => decodeTransaction(bytes, place));
}

function decodeTransaction(bytes: Uint8Array, place: number): SignedLedgerTransaction {
  const start = place * LEDGER_TRANSACTION_SIZE;
  const hex = (from: number, to: number): Hex => bytesToHex(bytes.subarray(start + from, start + to));
  const actions = Object.entries(LEDGER_ACTIONS) as [LedgerAction, number][];
  const action = actions.find(([, number]) => BigInt(hex(0, 4)) === BigInt(number) << 24n)?.[0];
  if (action === undefined) {
    throw new RollupError("LEDGER_BATCH_MALFORMED", "A batch of the ledger holds a transaction of no known type.", {
      given: hex(0, 4),
      expected: "0x01000000 or 0x02000000",
      place,
    });
  }
  return {
    action,
    nonce: BigInt(hex(4, 12)),
    to: hex(12, 32),
    amount: BigInt(hex(32, 64)),
    r: hex(64, 96),
    yParityAndS: hex(96, 128),
  };
}

function messageOf({ to, amount, nonce }: LedgerTransaction): Record<string, string | bigint> {
  return { to: getAddress(to), amount, nonce };
}
