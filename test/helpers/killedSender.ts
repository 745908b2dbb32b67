import { JsonRpcProvider } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { TransactionManager } from "../../plugin/l1/transactionManager.js";
import { FileJournal } from "./fileJournal.js";

// A process that sends one wei to each of some accounts, once: `<url> <journal> <account> <key> <recipient>...`
const [url, path, account, key, ...recipients] = process.argv.slice(2) as Hex[];
const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, staticNetwork: true });
const manager = await TransactionManager.open({
  account,
  key,
  provider,
  request: (method, params) => provider.send(method, [...params]),
  journal: new FileJournal(path),
  policy: { pollEvery: 50, finality: 64 },
});
const sending = recipients.map((to) => {
  const transaction = { to, data: "0x", value: 1n, gasLimit: 21_000n, blobs: [] } as const;
  return manager.send({ key: `pay:${to}`, action: "deposit", text: `pay ${to}`, transaction });
});
await Promise.all(sending);
await manager.close();
provider.destroy();
