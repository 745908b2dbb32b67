import { Wallet } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { keysOf } from "../../plugin/accounts.js";
import { blobAccess } from "../../plugin/blobs/access.js";
import type { Hex } from "../../plugin/hex.js";
import type { SendingPolicy } from "../../plugin/l1/sendingPolicy.js";
import { TransactionManager, type SendRequest } from "../../plugin/l1/transactionManager.js";
import { MemoryJournal, type TransactionJournal } from "../../plugin/l1/transactionJournal.js";
import type { NodeEvent } from "../../plugin/node/events.js";

/** A manager of one of a test network's accounts, and what it told. */
export interface ManagedAccount {
  readonly manager: TransactionManager;
  readonly journal: TransactionJournal;
  readonly account: Hex;
  readonly events: NodeEvent[];
}

/** Tests look themselves; what is mined may be replaced for 64 blocks. */
const TEST_POLICY: Partial<SendingPolicy> = { pollEvery: 3_600_000, finality: 64 };

const opened: TransactionManager[] = [];

/** Ends all managers of a test. */
export async function closeManaged(): Promise<void> {
  for (const manager of opened.splice(0)) await manager.close();
}

/** What stands between a manager and its network. */
export type Between = (method: string, ask: () => Promise<unknown>) => Promise<unknown>;

/** @param index Of the account. @param policy What differs from the tests'. @param between What becomes of requests; they are made if absent. */
export async function manage(
  connection: NetworkConnection,
  index: number,
  policy: Partial<SendingPolicy> = {},
  journal: TransactionJournal = new MemoryJournal(),
  between: Between = (_method, ask) => ask(),
): Promise<ManagedAccount> {
  const account = (await connection.ethers.getSigners())[index].address.toLowerCase() as Hex;
  const key = await keysOf(connection)(account);
  const events: NodeEvent[] = [];
  const blobs = blobAccess(connection);
  const manager = await TransactionManager.open({
    account,
    key: key!,
    provider: connection.ethers.provider,
    request: (method, params) => between(method, () => blobs.request(method, params)),
    blobs,
    journal,
    policy: { ...TEST_POLICY, ...policy },
    onEvent: (event) => events.push(event),
  });
  opened.push(manager);
  return { manager, journal, account, events };
}

/** A transfer of one wei to an account that nobody else sends to. */
export function transfer(key: string, changes: Partial<SendRequest> = {}, value = 1n): SendRequest {
  const to = Wallet.createRandom().address as Hex;
  const transaction = { to, data: "0x", value, gasLimit: 21_000n, blobs: [] } as const;
  return { key, action: "deposit", text: `transfer ${key}`, transaction, ...changes };
}
