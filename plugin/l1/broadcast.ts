import { messagesOf } from "./logRange.js";

/**
 * What a node's answer to a transaction means. `known`: it has it. `nonceUsed`: a transaction with its nonce was mined, this one or another. `early`: it waits for those
 * before it. `underpriced`: it offers too little. `unaffordable`: the account has too little. `refused`: this node will not have it. `unreachable`: it may have it or not.
 */
export type BroadcastFailure =
  "known" | "nonceUsed" | "early" | "underpriced" | "unaffordable" | "refused" | "unreachable";

/** In the words of geth, Anvil, Hardhat, Nethermind, Erigon and Besu. The first that fits counts. */
const WORDS: readonly [RegExp, BroadcastFailure][] = [
  [/already known|already imported|alreadyknown|known transaction|already in (the )?(mem)?pool/i, "known"],
  [/nonce (is )?too low|oldnonce|nonce .* already (been )?used|invalid nonce.*lower/i, "nonceUsed"],
  [/nonce (is )?too high|nonce gap|noncegap|can't be queued/i, "early"],
  [
    /already reserved|account limit|accountlimit|pool is full|pool full|in-flight transaction limit|too many pending/i,
    "early",
  ],
  [
    /underpriced|less than block|too low for the next block|fee ?too ?low|below (the )?minimum|minimum needed|gas price too low/i,
    "underpriced",
  ],
  [/insufficient (funds|balance)|enough funds|insufficientfunds|insufficient eth/i, "unaffordable"],
  [
    /timed? ?out|timeout|socket|econn|network|fetch failed|terminated|aborted|rate limit|too many requests|429|50[0-4]|unavailable|internal error|no endpoint/i,
    "unreachable",
  ],
];

/** What an error means that `eth_sendRawTransaction` was answered with. */
export function broadcastFailure(error: unknown): BroadcastFailure {
  const said = messagesOf(error).join("\n");
  return WORDS.find(([pattern]) => pattern.test(said))?.[1] ?? "refused";
}
