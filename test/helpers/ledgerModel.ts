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
  readonly isWithdrawal: boolean;
  readonly nonce: bigint;
  readonly to: Hex;
  readonly amount: bigint;
  readonly r: Hex;
  readonly yParityAndS: Hex;
}

const LIMIT = 2n ** 256n;
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const TYPE = [
  { name: "to", type: "address" },
  { name: "amount", type: "uint256" },
  { name: "nonce", type: "uint64" },
];

/** The ledger without a machine: maps, bigints and ethers. */
export class LedgerModel {
  readonly accounts = new Map<Hex, Account>();
  /** Leaves of the tree of withdrawals. */
  leaves: string[] = [];
  outputRoot: Hex = ZERO_WORD;
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

  account(address: Hex): Readonly<Account> {
    return this.accounts.get(address) ?? { nonce: 0n, balance: 0n };
  }

  private deposit(data: Uint8Array): boolean {
    if (data.length !== 128) return false;
    const [recipient, amount, chainId, bridge] = wordsOf(data);
    if (BigInt(recipient) >= 2n ** 160n) return false;
    this.domain ??= { chainId: BigInt(chainId), verifyingContract: `0x${bridge.slice(-40)}` };
    const to: Hex = `0x${recipient.slice(-40)}`;
    if (this.credit(to, BigInt(amount)) !== 0) this.withdraw(to, BigInt(amount));
    return true;
  }

  private transactions(data: Uint8Array): boolean {
    if (data.length === 32) return this.answer(data);
    if (data.length % 128 !== 0 || data.length > 8192 * 128) return false;
    const rows = Array.from({ length: data.length / 128 }, (_, place) =>
      parse(data.subarray(place * 128, place * 128 + 128)),
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
    if (reason !== 0) this.log(2n, BigInt(place), BigInt(reason), BigInt(signer ?? 0));
  }

  private apply({ isWithdrawal, nonce, to, amount }: Fields, signer: Hex): number {
    const account = this.accounts.get(signer);
    if (account === undefined) return 2;
    if (account.nonce !== nonce) return 3;
    if (account.balance < amount) return 4;
    account.balance -= amount;
    const reason = isWithdrawal ? this.withdraw(to, amount) : this.credit(to, amount);
    if (reason === 0) account.nonce += 1n;
    else account.balance += amount;
    return reason;
  }

  private signer({ isWithdrawal, to, amount, nonce, r, yParityAndS }: Fields): Hex | undefined {
    const s = BigInt(yParityAndS) % 2n ** 255n;
    if (s > HALF_ORDER || this.domain === undefined) return undefined;
    const domain = { name: "hardhat-rollup ledger", version: "1", ...this.domain };
    const hash = TypedDataEncoder.hash(
      domain,
      { [isWithdrawal ? "Withdrawal" : "Transfer"]: TYPE },
      { to, amount, nonce },
    );
    try {
      return recoverAddress(hash, { r, yParityAndS }).toLowerCase() as Hex;
    } catch {
      return undefined;
    }
  }

  private credit(to: Hex, amount: bigint): number {
    const account = this.accounts.get(to);
    if (account === undefined && this.accounts.size === this.capacity) return 5;
    if ((account?.balance ?? 0n) + amount >= LIMIT) return 6;
    if (account === undefined) this.accounts.set(to, { nonce: 0n, balance: amount });
    else account.balance += amount;
    return 0;
  }

  private withdraw(recipient: Hex, amount: bigint): number {
    const index = BigInt(this.leaves.length);
    this.leaves.push(
      keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "address", "uint256"], [index, recipient, amount])),
    );
    this.log(1n, index, BigInt(recipient), amount);
    return 0;
  }

  private answer(data: Uint8Array): boolean {
    const word = bytesToHex(data);
    const { nonce, balance } = this.account(`0x${word.slice(-40)}`);
    this.log(3n, BigInt(word), nonce, balance);
    return false;
  }

  private log(...words: bigint[]): void {
    this.logs.push(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256", "uint256", "uint256"], words));
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
  const [first, amount, r, yParityAndS] = wordsOf(bytes);
  const type = first.slice(0, 10);
  if (type !== "0x01000000" && type !== "0x02000000") return undefined;
  return {
    isWithdrawal: type === "0x02000000",
    nonce: BigInt(`0x${first.slice(10, 26)}`),
    to: `0x${first.slice(26)}`,
    amount: BigInt(amount),
    r,
    yParityAndS,
  };
}

function wordsOf(bytes: Uint8Array): Hex[] {
  return [0, 32, 64, 96].map((start) => bytesToHex(bytes.subarray(start, start + 32)));
}
