import { AbiCoder, concat, keccak256, recoverAddress, TypedDataEncoder, ZeroHash } from "ethers";

import { bytesToHex, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";

/** What the ledger does with one input, as its description in ARCHITECTURE.md has it; the oracle of its tests. */
export interface ModelResult {
  readonly outcome: "returned" | "rejected";
  /** As hex, in their order. */
  readonly logs: readonly string[];
}

interface Account {
  nonce: bigint;
  balance: bigint;
}

/** A transaction as it is in a batch. */
interface Fields {
  readonly type: "Transfer" | "Withdrawal" | "Message";
  readonly nonce: bigint;
  readonly to: Hex;
  readonly token: Hex;
  /** Of a message: the hash of its data. */
  readonly amount: bigint;
  readonly r: Hex;
  readonly yParityAndS: Hex;
}

const LIMIT = 2n ** 256n;
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ETHER: Hex = `0x${"00".repeat(20)}`;
const PAYMENT = [
  { name: "to", type: "address" },
  { name: "amount", type: "uint256" },
  { name: "nonce", type: "uint64" },
  { name: "token", type: "address" },
];
const TYPE_NAMES = { "0x01000000": "Transfer", "0x02000000": "Withdrawal", "0x03000000": "Message" } as const;
const MESSAGE_TYPE_HASH = keccak256(Buffer.from("Message(address to,bytes data,uint64 nonce)"));

/** The ledger without a machine: maps, bigints and ethers. */
export class LedgerModel {
  /** By address and token. */
  readonly accounts = new Map<string, Account>();
  /** Leaves of the tree of outputs. */
  leaves: string[] = [];
  outputRoot: Hex = ZERO_WORD;
  private readonly tokens = new Set<Hex>();
  private domain: { chainId: bigint; verifyingContract: Hex } | undefined;
  private logs: string[] = [];

  constructor(readonly capacity = 24_000) {}

  handle({ header, data }: Input): ModelResult {
    this.logs = [];
    const before = this.leaves.length;
    const isAccepted = header.kind === "deposit" ? this.deposit(data) : this.transactions(data);
    if (isAccepted && this.leaves.length > before) this.outputRoot = withdrawalRoot(this.leaves);
    return { outcome: isAccepted ? "returned" : "rejected", logs: this.logs };
  }

  account(address: Hex, token: Hex = ETHER): Readonly<Account> {
    return this.accounts.get(address + token) ?? { nonce: 0n, balance: 0n };
  }

  private deposit(data: Uint8Array): boolean {
    if (data.length !== 160) return false;
    const [recipient, token, amount, chainId, bridge] = wordsOf(data);
    if (BigInt(recipient) >= 2n ** 160n || BigInt(token) >= 2n ** 160n) return false;
    this.domain ??= { chainId: BigInt(chainId), verifyingContract: addressOf(bridge) };
    const [to, of] = [addressOf(recipient), addressOf(token)];
    const isKnown = of === ETHER || this.tokens.has(of);
    if (!isKnown && this.records < this.capacity) this.tokens.add(of);
    const isOpen = of === ETHER || this.tokens.has(of);
    if (!isOpen || this.credit(of, to, BigInt(amount)) !== 0) this.withdraw(of, to, BigInt(amount));
    return true;
  }

  private get records(): number {
    return this.accounts.size + this.tokens.size;
  }

  private transactions(data: Uint8Array): boolean {
    if (data.length === 32 || data.length === 64) return this.answer(data);
    if (data.length % 160 !== 0 || data.length > 8192 * 160) return false;
    const rows = Array.from({ length: data.length / 160 }, (_, place) =>
      parse(data.subarray(place * 160, place * 160 + 160)),
    );
    const end = rows.findIndex((row) => row === undefined);
    // What comes before a malformed transaction is handled, and logged, before that rejects the input.
    const undo = new Map([...this.accounts].map(([address, account]) => [address, { ...account }]));
    const leaves = this.leaves.slice();
    rows.slice(0, end < 0 ? rows.length : end).forEach((row, place) => this.transaction(row!, place));
    if (end < 0) return true;
    this.accounts.clear();
    undo.forEach((account, address) => this.accounts.set(address, account));
    this.leaves = leaves;
    return false;
  }

  private transaction(fields: Fields, place: number): void {
    const signer = this.signer(fields);
    const reason = signer === undefined ? 1 : this.apply(fields, signer);
    if (reason !== 0) this.log(3n, BigInt(place), BigInt(reason), BigInt(signer ?? 0));
  }

  private apply(fields: Fields, signer: Hex): number {
    const account = this.accounts.get(signer + fields.token);
    if (account === undefined) return 2;
    if (account.nonce !== fields.nonce) return 3;
    const reason = fields.type === "Message" ? this.send(fields, signer) : this.move(fields, account);
    if (reason === 0) account.nonce += 1n;
    return reason;
  }

  private move({ type, to, token, amount }: Fields, account: Account): number {
    if (account.balance < amount) return 4;
    account.balance -= amount;
    const reason = type === "Withdrawal" ? this.withdraw(token, to, amount) : this.credit(token, to, amount);
    if (reason !== 0) account.balance += amount;
    return reason;
  }

  private signer(fields: Fields): Hex | undefined {
    const { r, yParityAndS } = fields;
    const s = BigInt(yParityAndS) % 2n ** 255n;
    if (s > HALF_ORDER || this.domain === undefined) return undefined;
    try {
      return recoverAddress(this.digest(fields), { r, yParityAndS }).toLowerCase() as Hex;
    } catch {
      return undefined;
    }
  }

  private digest({ type, to, token, amount, nonce }: Fields): string {
    const domain = { name: "hardhat-rollup ledger", version: "1", ...this.domain };
    if (type !== "Message") return TypedDataEncoder.hash(domain, { [type]: PAYMENT }, { to, amount, nonce, token });
    // Typed data with bytes takes the bytes themselves, of which the ledger has the hash.
    const struct = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "address", "uint256", "uint64"],
      [MESSAGE_TYPE_HASH, to, amount, nonce],
    );
    return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(domain), keccak256(struct)]));
  }

  private credit(token: Hex, to: Hex, amount: bigint): number {
    const account = this.accounts.get(to + token);
    if (account === undefined && this.records === this.capacity) return 5;
    if ((account?.balance ?? 0n) + amount >= LIMIT) return 6;
    if (account === undefined) this.accounts.set(to + token, { nonce: 0n, balance: amount });
    else account.balance += amount;
    return 0;
  }

  private withdraw(token: Hex, recipient: Hex, amount: bigint): number {
    return this.append(1n, BigInt(token), BigInt(recipient), amount);
  }

  private send({ to, amount }: Fields, sender: Hex): number {
    return this.append(2n, BigInt(sender), BigInt(to), amount);
  }

  private append(kind: bigint, ...words: bigint[]): number {
    const index = BigInt(this.leaves.length);
    this.leaves.push(keccak256(encodeWords([kind, index, ...words])));
    this.log(kind, index, ...words);
    return 0;
  }

  private answer(data: Uint8Array): boolean {
    const [address, token = ZERO_WORD] = wordsOf(data);
    const { nonce, balance } = this.account(addressOf(address), addressOf(token));
    this.log(4n, BigInt(address), BigInt(token), nonce, balance);
    return false;
  }

  private log(...words: bigint[]): void {
    this.logs.push(encodeWords(words));
  }
}

/** The root of a Merkle tree of depth 32 whose first leaves are given and whose others are zero, computed row by row. */
export function withdrawalRoot(leaves: readonly string[]): Hex {
  let row = [...leaves];
  let zero: string = ZeroHash;
  for (let height = 0; height < 32; height++) {
    if (row.length % 2 === 1) row.push(zero);
    row = Array.from({ length: row.length / 2 }, (_, index) => keccak256(concat([row[2 * index], row[2 * index + 1]])));
    zero = keccak256(concat([zero, zero]));
  }
  return (row[0] ?? zero) as Hex;
}

function parse(bytes: Uint8Array): Fields | undefined {
  const [first, token, amount, r, yParityAndS] = wordsOf(bytes);
  const type = (TYPE_NAMES as Readonly<Record<string, Fields["type"]>>)[first.slice(0, 10)];
  if (type === undefined || BigInt(token) >= (type === "Message" ? 1n : 2n ** 160n)) return undefined;
  return {
    type,
    nonce: BigInt(`0x${first.slice(10, 26)}`),
    to: `0x${first.slice(26)}`,
    token: addressOf(token),
    amount: BigInt(amount),
    r,
    yParityAndS,
  };
}

function wordsOf(bytes: Uint8Array): Hex[] {
  return Array.from({ length: bytes.length / 32 }, (_, index) =>
    bytesToHex(bytes.subarray(32 * index, 32 * index + 32)),
  );
}

function encodeWords(words: readonly bigint[]): string {
  return AbiCoder.defaultAbiCoder().encode(
    words.map(() => "uint256"),
    words,
  );
}

function addressOf(word: Hex): Hex {
  return `0x${word.slice(-40)}`;
}
