import type { Provider } from "ethers";

import { RollupError } from "../errors.js";

/** Where nodes do not remember how many transactions an account had sent by a block, so many blocks are read. */
const MOST_BLOCKS = 2_000;

/**
 * The hash of the transaction with an account's nonce, which is mined.
 * @throws {RollupError} `TRANSACTION_LOST` if the node does not remember so far back.
 */
export async function minedTransaction(provider: Provider, sender: string, nonce: number): Promise<string> {
  const latest = await provider.getBlockNumber();
  const block = await blockOf(provider, sender, nonce, latest).catch(() => undefined);
  const blocks = block === undefined ? backwards(latest) : [block];
  for (const number of blocks) {
    const hash = await inBlock(provider, number, sender, nonce);
    if (hash !== undefined) return hash;
  }
  throw new RollupError("TRANSACTION_LOST", "A transaction that was mined cannot be found.", {
    sender,
    nonce,
    looked: `in ${MOST_BLOCKS} blocks up to ${latest}`,
    do: "find its hash on a block explorer, and give it to `npx hardhat ignition track-tx`",
  });
}

/** The block after which the account has used the nonce, by halves. */
async function blockOf(provider: Provider, sender: string, nonce: number, latest: number): Promise<number> {
  let [before, after] = [-1, latest];
  while (after - before > 1) {
    const middle = (before + after) >> 1;
    if ((await provider.getTransactionCount(sender, middle)) > nonce) after = middle;
    else before = middle;
  }
  return after;
}

function* backwards(latest: number): Iterable<number> {
  for (let number = latest; number >= 0 && number > latest - MOST_BLOCKS; number--) yield number;
}

async function inBlock(provider: Provider, number: number, sender: string, nonce: number): Promise<string | undefined> {
  const block = await provider.getBlock(number, true);
  const isIt = (transaction: { from: string; nonce: number }): boolean =>
    transaction.from.toLowerCase() === sender.toLowerCase() && transaction.nonce === nonce;
  return block?.prefetchedTransactions.find(isIt)?.hash;
}
