import { closeSync, openSync, readSync, writeSync } from "node:fs";

import { instantiateSecp256k1 } from "@bitauth/libauth/build/lib/crypto/secp256k1.js";
import { computeAddress } from "ethers";

import {
  encodeLedgerTransaction,
  LEDGER_TRANSACTION_SIZE,
  LedgerSigners,
  type LedgerDomain,
} from "../plugin/guests/ledger.js";
import { bytesToHex, wordOf, ZERO_WORD, type Hex } from "../plugin/hex.js";
import { NodeClient } from "../plugin/service/nodeClient.js";

/** Whose transfers are handed in; each sends to the next one. */
export const USERS = 100;
const AT_ONCE = 64;
/** Transactions of a signed file that are in memory at a time. */
const READ_AT_ONCE = 4_096;
/** How long users wait where a node has no room, in milliseconds. */
const PATIENCE = 100;

/** What the users' process is told to do: write signed transactions to a file, or hand in those of it from one on. */
export type UsersOrder = Sign | HandIn;

interface Sign {
  readonly do: "sign";
  readonly file: string;
  readonly count: number;
  readonly domain: Wired<LedgerDomain>;
}

interface HandIn {
  readonly do: "hand in";
  readonly file: string;
  readonly from: number;
  readonly count: number;
  readonly url: string;
}

/** Numbers as text: messages between processes are JSON. */
type Wired<T> = { readonly [Key in keyof T]: T[Key] extends bigint ? string : T[Key] };

/** What it answers; times in milliseconds. */
export interface UsersReport {
  readonly p50: number;
  readonly p99: number;
}

/** The address of a user. */
export function userAddress(user: number): Hex {
  return computeAddress(bytesToHex(keyOf(user))).toLowerCase() as Hex;
}

if (process.send !== undefined) {
  process.on("message", (order: UsersOrder) => {
    void obey(order).then((report) => process.send!(report));
  });
  process.once("disconnect", () => process.exit());
}

async function obey(order: UsersOrder): Promise<UsersReport> {
  if (order.do === "hand in") return handAllIn(order, new NodeClient(order.url));
  await signAll(order.file, order.count, { ...order.domain, chainId: BigInt(order.domain.chainId) });
  return { p50: 0, p99: 0 };
}

function keyOf(user: number): Uint8Array {
  return wordOf(0xbe7c4 + user);
}

/** By libsecp256k1: a wallet takes a millisecond for each. */
async function signAll(path: string, count: number, domain: LedgerDomain): Promise<void> {
  const { signMessageHashRecoverableCompact } = await instantiateSecp256k1();
  const signers = new LedgerSigners(domain);
  const addresses = Array.from({ length: USERS }, (_, user) => userAddress(user));
  const file = openSync(path, "w");
  for (let number = 0; number < count; number++) {
    const [user, to] = [number % USERS, addresses[(number + 1) % USERS]];
    const transfer = { action: "transfer", to, amount: 1n, nonce: BigInt(Math.floor(number / USERS)) } as const;
    const bytes = encodeLedgerTransaction({ ...transfer, token: NOBODY, r: ZERO_WORD, yParityAndS: ZERO_WORD });
    const signed = signMessageHashRecoverableCompact(keyOf(user), signers.digest(bytes));
    if (typeof signed === "string") throw new Error(signed);
    bytes.set(signed.signature, LEDGER_TRANSACTION_SIZE - signed.signature.length);
    bytes[LEDGER_TRANSACTION_SIZE - 32] |= signed.recoveryId << 7;
    writeSync(file, bytes);
  }
  closeSync(file);
}

const NOBODY: Hex = `0x${"00".repeat(20)}`;

async function handAllIn({ file, from, count }: HandIn, client: NodeClient): Promise<UsersReport> {
  const latencies: number[] = [];
  const queue = transactionsOf(file, from);
  await Promise.all(Array.from({ length: AT_ONCE }, () => handIn(queue, client, latencies)));
  if (latencies.length !== count) throw new Error(`${latencies.length} of ${count} transactions were handed in`);
  latencies.sort((a, b) => a - b);
  return { p50: latencies[Math.floor(count * 0.5)], p99: latencies[Math.floor(count * 0.99)] };
}

/** Those of a file from one on. */
function* transactionsOf(path: string, from: number): Generator<Uint8Array> {
  const file = openSync(path, "r");
  for (let next = from; ; next += READ_AT_ONCE) {
    const bytes = new Uint8Array(READ_AT_ONCE * LEDGER_TRANSACTION_SIZE);
    const length = readSync(file, bytes, 0, bytes.length, next * LEDGER_TRANSACTION_SIZE);
    for (let at = 0; at < length; at += LEDGER_TRANSACTION_SIZE) yield bytes.subarray(at, at + LEDGER_TRANSACTION_SIZE);
    if (length < bytes.length) break;
  }
  closeSync(file);
}

async function handIn(queue: Iterator<Uint8Array>, client: NodeClient, latencies: number[]): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    let begun = performance.now();
    for (;;) {
      const refusal = await client.send(next.value).then(() => undefined, codeOf);
      if (refusal === undefined) break;
      // Another one's may have been written before it: those of one account are handed in by their nonces, but answered in any order.
      if (refusal === "NONCE_GAP") continue;
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      begun = performance.now();
    }
    latencies.push(performance.now() - begun);
  }
}

/** Why a transaction was refused, where that is a matter of time. */
function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: string };
  if (code === "NONCE_GAP" || code === "POOL_FULL" || code === "ACCOUNT_FULL") return code;
  throw error;
}
