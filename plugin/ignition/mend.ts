import { setTimeout as sleep } from "node:timers/promises";

import { trackTransaction, wipe, type ArtifactResolver, type EIP1193Provider } from "@nomicfoundation/ignition-core";
import type { Provider } from "ethers";

import { RollupError } from "../errors.js";
import { confirmSent } from "./confirm.js";
import { lostTransactions, type LostTransaction } from "./lostTransactions.js";
import { readMessages, type JournalMessage } from "./messages.js";
import { minedTransaction } from "./minedTransaction.js";
import { hasPredecessor, trackReplacement } from "./replacement.js";
import { CONFIRMATIONS, minesAtOnce } from "./settle.js";

/** How long a transaction that a node has taken may wait for its block. */
const PATIENCE_SECONDS = 600;
const POLL_MILLISECONDS = 250;

/** Results of which nothing is left on the network; Ignition would ask for them to be wiped by hand. */
const WITHOUT_EFFECT = ["SIMULATION_ERROR", "STRATEGY_SIMULATION_ERROR", "REVERTED_TRANSACTION"];

/**
 * Makes a journal such that Ignition goes on from it, whenever the process that wrote it died or its connection broke: a line that was half
 * written goes; a transaction that was about to be sent is looked for, and tracked if the network has it, else sent anew; so is one that
 * failed without effect. Nothing that the network has is ever deployed again.
 * @param journal The deployment's folder; there need not be one.
 * @returns What was done, as sentences.
 * @throws {RollupError} `TRANSACTION_UNSETTLED` if the network has taken a transaction, but mines it not.
 */
export async function mendJournal(journal: string, rpc: EIP1193Provider, provider: Provider): Promise<string[]> {
  const done: string[] = [];
  const messages = await readMessages(journal);
  for (const futureId of [...failedFutures(messages), ...barelyBegun(messages)]) {
    await wipe(journal, NO_ARTIFACTS, futureId);
    done.push(`${futureId} is begun anew`);
  }
  for (const lost of lostTransactions(messages)) {
    const isReplacement = lost.before.length > 0;
    if (isReplacement && (await hasPredecessor(lost, provider))) continue;
    const hash = await findTransaction(lost, provider);
    if (isReplacement) {
      const isFound = hash !== undefined && (await trackReplacement(journal, messages, lost, hash, provider));
      if (isFound) done.push(`${lost.futureId} had been sent with higher fees as ${hash}`);
    } else if (hash === undefined) {
      await wipe(journal, NO_ARTIFACTS, lost.futureId);
      done.push(`${lost.futureId} had not been sent`);
    } else {
      await trackTransaction(journal, hash, rpc);
      done.push(`${lost.futureId} had been sent as ${hash}`);
    }
  }
  const confirmations = (await minesAtOnce(rpc)) ? 1 : CONFIRMATIONS;
  await confirmSent(journal, await readMessages(journal), provider, confirmations);
  return done;
}

/** Wiping asks for no artifact. */
const NO_ARTIFACTS: ArtifactResolver = {
  loadArtifact: () => Promise.reject(new Error("no artifact is needed")),
  getBuildInfo: () => Promise.resolve(undefined),
};

/** Futures that were to send something and died before they said what; Ignition does not expect these. */
function barelyBegun(messages: readonly JournalMessage[]): Set<string> {
  const begun = new Set<string>();
  for (const { type, futureId = "" } of messages) {
    if (SENDING.includes(type)) begun.add(futureId);
    else begun.delete(futureId);
  }
  return begun;
}

const SENDING = ["DEPLOYMENT_EXECUTION_STATE_INITIALIZE", "CALL_EXECUTION_STATE_INITIALIZE"];

function failedFutures(messages: readonly JournalMessage[]): Set<string> {
  const failed = new Set<string>();
  for (const { type, futureId, result } of messages) {
    if (futureId === undefined) continue;
    if (type === "WIPE_APPLY") failed.delete(futureId);
    if (type.endsWith("_EXECUTION_STATE_COMPLETE") && WITHOUT_EFFECT.includes(result?.type ?? "")) failed.add(futureId);
  }
  return failed;
}

/** The hash of what has an account's nonce, once it is mined; undefined if the network knows of nothing. */
async function findTransaction(lost: LostTransaction, provider: Provider): Promise<string | undefined> {
  const { sender, nonce } = lost;
  for (let waited = 0; waited < PATIENCE_SECONDS * 1_000; waited += POLL_MILLISECONDS) {
    if ((await provider.getTransactionCount(sender, "latest")) > nonce)
      return minedTransaction(provider, sender, nonce);
    if ((await provider.getTransactionCount(sender, "pending")) <= nonce) return undefined;
    await sleep(POLL_MILLISECONDS);
  }
  throw new RollupError("TRANSACTION_UNSETTLED", "A transaction of an earlier deployment waits to be mined.", {
    sender,
    nonce,
    waited: `${PATIENCE_SECONDS} seconds`,
    do: "wait until it is mined, or replace it with one of higher fees, and deploy again",
  });
}
