import { keysOf } from "../accounts.js";
import type { SendingPolicy } from "../l1/sendingPolicy.js";
import { TransactionManager } from "../l1/transactionManager.js";
import { TransactionManagers } from "../l1/transactionManagers.js";
import type { TransactionJournal } from "../l1/transactionJournal.js";
import type { OnEvent } from "../node/events.js";
import type { Session } from "../session.js";
import { actingKeys, type ActingAccounts } from "./actingKeys.js";
import type { NodeConfig } from "./nodeConfig.js";

/**
 * Takes over the accounts that act for a node, as far as their keys are known: what they send is in the journal before anybody sees it, and is sent
 * once, within the chain's budget. Accounts whose keys another program keeps send one transaction at a time, as commands do.
 * @throws {RollupError} `ACCOUNT_KEY_MISSING` if a role cannot do without.
 */
export async function manageAccounts(
  session: Pick<Session, "connection" | "deployment" | "settlement" | "blobs">,
  journal: TransactionJournal,
  accounts: ActingAccounts,
  config: Pick<NodeConfig, "poll" | "spending">,
  onEvent: OnEvent,
): Promise<TransactionManagers> {
  const managers = new TransactionManagers();
  const { history } = await session.deployment();
  const keys = await actingKeys(accounts, keysOf(session.connection), history === "blob");
  const { provider, request, reading } = await session.settlement();
  const policy = policyOf(config, reading.finality);
  const blobs = await session.blobs();
  try {
    for (const [account, key] of keys) {
      const options = { account, key, provider, request, journal, blobs, policy, onEvent };
      managers.add(account, await TransactionManager.open(options));
    }
    return managers;
  } catch (error) {
    await managers.close();
    throw error;
  }
}

/** How a node's accounts send. @param finality As it is configured for the settlement layer. */
export function policyOf(
  { poll, spending }: Pick<NodeConfig, "poll" | "spending">,
  finality: SendingPolicy["finality"],
): Partial<SendingPolicy> {
  return { ...spending, finality, pollEvery: Math.min(1_000, poll * 1_000) };
}
