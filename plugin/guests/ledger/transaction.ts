import {
  concat,
  getAddress,
  id,
  keccak256,
  recoverAddress,
  Signature,
  TypedDataEncoder,
  type Signer,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";

import { RollupError } from "../../errors.js";
import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../hex.js";
import { ETHER } from "../../node/outputs.js";

/** What an account's owner may sign, by its number. */
export const LEDGER_ACTIONS = { transfer: 1, withdrawal: 2, message: 3 } as const;
export type LedgerAction = keyof typeof LEDGER_ACTIONS;
/** What moves an amount. */
export type LedgerPaymentAction = Exclude<LedgerAction, "message">;

/** Bytes of a transaction; a batch is nothing but transactions. */
export const LEDGER_TRANSACTION_SIZE = 160;

/** The most transactions of one batch or message. */
export const LEDGER_MAXIMUM_TRANSACTIONS = 8192;

interface Sent {
  /** How many transactions of the signer's account of that token the ledger has applied before it. */
  readonly nonce: bigint;
}

/** An amount that somebody gets, on the chain or on L1. */
export interface LedgerPayment extends Sent {
  readonly action: LedgerPaymentAction;
  /** An account of the ledger, or, for a withdrawal, an address on L1. */
  readonly to: Hex;
  /** In the token's smallest unit. */
  readonly amount: bigint;
  /** An ERC-20 contract; ether if absent. */
  readonly token?: Hex;
}

/** A call of a contract on L1. It counts with the signer's transactions of ether. */
export interface LedgerMessage extends Sent {
  readonly action: "message";
  /** The contract. */
  readonly to: Hex;
  /** What it is called with. The ledger sees its hash alone: the signer keeps it until the message is executed. */
  readonly data: Hex;
}

export type LedgerTransaction = LedgerPayment | LedgerMessage;

interface Signed {
  readonly r: Hex;
  /** s, with the parity of v as its highest bit (EIP-2098). */
  readonly yParityAndS: Hex;
}

export type SignedLedgerPayment = Required<LedgerPayment> & Signed;
export type SignedLedgerMessage = Omit<LedgerMessage, "data"> & { readonly dataHash: Hex } & Signed;
export type SignedLedgerTransaction = SignedLedgerPayment | SignedLedgerMessage;

/** Where signatures are good. */
export interface LedgerDomain {
  /** Of the settlement layer. */
  readonly chainId: bigint;
  readonly bridge: Hex;
}

/** Half of the order of secp256k1: of the two values of s that sign the same, the ledger takes the lower. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const PAYMENT: TypedDataField[] = [
  { name: "to", type: "address" },
  { name: "amount", type: "uint256" },
  { name: "nonce", type: "uint64" },
  { name: "token", type: "address" },
];

const TYPES: Readonly<Record<LedgerAction, Record<string, TypedDataField[]>>> = {
  transfer: { Transfer: PAYMENT },
  withdrawal: { Withdrawal: PAYMENT },
  message: {
    Message: [
      { name: "to", type: "address" },
      { name: "data", type: "bytes" },
      { name: "nonce", type: "uint64" },
    ],
  },
};

/** The typed data (EIP-712) that is signed for an action. */
export function ledgerTypes(action: LedgerAction): Record<string, TypedDataField[]> {
  return TYPES[action];
}

/** What is signed of a transaction, as wallets take it. */
export function ledgerTypedDataValue(transaction: LedgerTransaction): Record<string, string | bigint> {
  const { to, nonce } = transaction;
  if (transaction.action === "message") return { to: getAddress(to), data: transaction.data, nonce };
  const { amount, token = ETHER } = transaction;
  return { to: getAddress(to), amount, nonce, token: getAddress(token) };
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
    ledgerTypedDataValue(transaction),
  );
  return withSignature(transaction, Signature.from(signature));
}

/** A transaction with its signature, as the ledger takes it. */
export function withSignature(
  transaction: LedgerTransaction,
  signature: Pick<Signature, "r" | "yParityAndS">,
): SignedLedgerTransaction {
  const signed = { r: signature.r as Hex, yParityAndS: signature.yParityAndS as Hex };
  if (transaction.action !== "message") return { token: ETHER, ...transaction, ...signed };
  const { data, ...rest } = transaction;
  return { ...rest, dataHash: keccak256(data) as Hex, ...signed };
}

/** Who signed a transaction, as the ledger sees it; undefined if nobody did. */
export function ledgerSigner(domain: LedgerDomain, signed: SignedLedgerTransaction): Hex | undefined {
  if (BigInt(signed.yParityAndS) % 2n ** 255n > HALF_ORDER) return undefined;
  try {
    const signature = Signature.from({ r: signed.r, yParityAndS: signed.yParityAndS });
    return recoverAddress(digestOf(domain, signed), signature).toLowerCase() as Hex;
  } catch {
    return undefined;
  }
}

/** A transaction's 160 bytes: `type | 3 zero bytes | nonce u64 | to`, token, amount or hash of the data, r, yParityAndS. */
export function encodeLedgerTransaction(signed: SignedLedgerTransaction): Uint8Array {
  const first = wordOf(signed.nonce * 2n ** 160n + BigInt(signed.to));
  first[0] = LEDGER_ACTIONS[signed.action];
  const [token, value] = signed.action === "message" ? [ETHER, BigInt(signed.dataHash)] : [signed.token, signed.amount];
  const words = [first, wordOf(BigInt(token)), wordOf(value), hexToBytes(signed.r), hexToBytes(signed.yParityAndS)];
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
      expected: "0x01000000, 0x02000000 or 0x03000000",
      place,
    });
  }
  const isMessage = action === "message";
  if (BigInt(hex(32, 64)) >= (isMessage ? 1n : 2n ** 160n)) {
    throw new RollupError("LEDGER_BATCH_MALFORMED", "A transaction of the ledger names no token.", {
      given: hex(32, 64),
      expected: isMessage ? "zero, in a message" : "an address, or zero for ether",
      place,
    });
  }
  const common = { nonce: BigInt(hex(4, 12)), to: hex(12, 32), r: hex(96, 128), yParityAndS: hex(128, 160) };
  if (isMessage) return { action, ...common, dataHash: hex(64, 96) };
  return { action, ...common, token: hex(44, 64), amount: BigInt(hex(64, 96)) };
}

/** What is signed of a transaction, hashed. Of a message's data the hash is known alone, which is all that its typed data holds of it. */
function digestOf(domain: LedgerDomain, signed: SignedLedgerTransaction): string {
  const typedDomain = ledgerTypedDataDomain(domain);
  if (signed.action !== "message") {
    return TypedDataEncoder.hash(typedDomain, ledgerTypes(signed.action), ledgerTypedDataValue(signed));
  }
  const typeHash = id(TypedDataEncoder.from(TYPES.message).encodeType("Message"));
  const struct = concat([typeHash, wordOf(BigInt(signed.to)), signed.dataHash, wordOf(signed.nonce)]);
  return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(typedDomain), keccak256(struct)]));
}
