import { keysOf } from "../accounts.js";
import type { Hex } from "../hex.js";
import { TransactionManager } from "../l1/transactionManager.js";
import { TransactionManagers } from "../l1/transactionManagers.js";
import type { TransactionJournal } from "../l1/transactionJournal.js";
import type { OnEvent } from "../node/events.js";
import type { Session } from "../session.js";
import type { NodeConfig } from "./nodeConfig.js";

/**
 * Takes over the accounts that act for a node, as far as their keys are known: what they send is in the journal before anybody sees it, and is sent
 * once. Accounts whose keys another program keeps send one transaction at a time, as commands do.
 */
export async function manageAccounts(
  session: Session,
  journal: TransactionJournal,
  accounts: readonly Hex[],
  { poll }: Pick<NodeConfig, "poll">,
  onEvent: OnEvent,
): Promise<TransactionManagers> {
  const managers = new TransactionManagers();
  const keyOf = keysOf(session.connection);
  const { provider } = await session.settlement();
  const blobs = await session.blobs();
  for (const account of new Set(accounts)) {
    const key = await keyOf(account);
    if (key === undefined) continue;
    const policy = { pollEvery: Math.min(1_000, poll * 1_000) };
    const options = { account, key, provider, request: blobs.request.bind(blobs), journal, blobs, policy, onEvent };
    managers.add(account, await TransactionManager.open(options));
  }
  return managers;
}
