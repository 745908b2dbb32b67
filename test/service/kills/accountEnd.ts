import { DatabaseSync } from "node:sqlite";

import type { TransactionResponse } from "ethers";

import type { Chain } from "../../../plugin/chain.js";
import type { Hex } from "../../../plugin/hex.js";
import { decodeIntent, isOpen, type Intent } from "../../../plugin/l1/intent.js";

/** What an account has done, as the settlement layer and the node's journal have it. */
export interface AccountEnd {
  readonly name: string;
  /** Transactions that were mined. */
  readonly sent: number;
  /** Those of them that reverted, by what they were for; not those that somebody else had sent before, which is nobody's fault. */
  readonly reverted: readonly string[];
  /** Those that had been mined before, with the same bytes, and gained nothing by it. */
  readonly repeated: readonly string[];
  /** Those that the journal does not know. */
  readonly unknown: readonly string[];
  /** What the journal still waits for. */
  readonly open: readonly string[];
  /** What the journal says was mined, and is not there. */
  readonly missing: readonly string[];
  /** What it has, less what it had and what it won by its bonds, and more what the journal says that it has paid: 0. */
  readonly unexplained: bigint;
}

/**
 * @param all Everybody's transactions. @param before What it had before the node was started, in wei. @param gain What its bonds have brought it, in wei.
 */
export async function readAccount(
  chain: Chain,
  database: string,
  all: readonly TransactionResponse[],
  { name, address }: { readonly name: string; readonly address: Hex },
  before: bigint,
  gain: bigint,
): Promise<AccountEnd> {
  const intents = readIntents(database, address);
  const mined = all.filter(({ from }) => from.toLowerCase() === address);
  const texts = new Map(intents.flatMap(({ attempts, text }) => attempts.map(({ hash }) => [hash as string, text])));
  const hashes = new Set(mined.map(({ hash }) => hash));
  const ofJournal = intents.filter((intent) => intent.mined !== undefined);
  const paid = ofJournal.reduce((sum, intent) => sum + intent.mined!.fee, 0n);
  return {
    name,
    sent: mined.length,
    reverted: (await refused(chain, mined, all)).map((hash) => texts.get(hash) ?? hash),
    repeated: await repetitions(chain, mined),
    unknown: mined.filter(({ hash }) => !texts.has(hash)).map(({ hash }) => hash),
    open: intents.filter(isOpen).map(({ text, status }) => `${text}: ${status}`),
    missing: ofJournal.filter((intent) => !hashes.has(intent.mined!.hash)).map(({ text }) => text),
    unexplained: (await chain.provider.getBalance(address)) - before - gain + paid,
  };
}

function readIntents(database: string, account: Hex): Intent[] {
  const file = new DatabaseSync(database);
  try {
    const rows = file.prepare("SELECT content FROM intents WHERE account = ? ORDER BY id").all(account);
    return rows.map(({ content }) => decodeIntent(String(content)));
  } finally {
    file.close();
  }
}

/** Everybody's transactions since a chain was deployed. */
export async function minedTransactions({ provider, fromBlock }: Chain): Promise<TransactionResponse[]> {
  const found: TransactionResponse[] = [];
  const latest = await provider.getBlockNumber();
  for (let number = fromBlock; number <= latest; number++) {
    const block = await provider.getBlock(number, true);
    found.push(...block!.prefetchedTransactions);
  }
  return found;
}

/** The hashes of those that reverted, and that nobody else has sent with the same bytes. */
async function refused(
  { provider }: Chain,
  mined: readonly TransactionResponse[],
  all: readonly TransactionResponse[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { hash, from, to, data } of mined) {
    const isOvertaken = all.some((other) => other.from !== from && other.to === to && other.data === data);
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt?.status !== 1 && !isOvertaken) found.push(hash);
  }
  return found;
}

/** Credit is withdrawn now and then by the same bytes, and each time there must be some. */
async function repetitions({ provider }: Chain, mined: readonly TransactionResponse[]): Promise<string[]> {
  const seen = new Set<string>();
  const repeated: string[] = [];
  for (const { hash, to, data, value } of mined) {
    const bytes = `${to} ${data} ${value}`;
    const receipt = await provider.getTransactionReceipt(hash);
    if (seen.has(bytes) && receipt?.logs.length === 0) repeated.push(hash);
    seen.add(bytes);
  }
  return repeated;
}
