import { expect } from "chai";

import { Chain } from "../../plugin/chain.js";
import type { SourceKind } from "../../plugin/config/types.js";
import { readDeployment } from "../../plugin/deployments.js";
import type { Hex } from "../../plugin/hex.js";
import type { NodeClient } from "../../plugin/service/nodeClient.js";
import type { Project } from "./project.js";

const SOMEBODY = `0x${"5b".repeat(20)}`;
const PAUSE = 200;

interface Accounts {
  readonly accounts: readonly { readonly balance: string }[];
}

/** Deposits, hands a node a transfer by the commands, and waits until an input has it; gives where the chain's batches are since. */
export async function servedTransfer(project: Project, name: string, client: NodeClient): Promise<SourceKind[]> {
  const connection = await project.connect();
  try {
    const { provider } = connection.ethers;
    const deployment = await readDeployment(project.deployments, "devnode", name);
    const { contracts, addresses } = await Chain.connect(deployment, provider);
    const before = await contracts.inbox.count();
    await project.json(`rollup:deposit --chain ${name} --amount "1 ether"`);
    await until(async () => {
      const { accounts } = await project.json<Accounts>(`rollup:query --chain ${name}`);
      return accounts[0].balance !== "0";
    });
    const order = `--amount "0.25 ether" --to ${SOMEBODY}`;
    const { transaction } = await project.json<{ transaction: string }>(`rollup:send --chain ${name} ${order}`);
    const stateOf = async (): Promise<string> =>
      (await client.get<{ state: string }>(`/v1/transactions/${transaction}`)).state;
    await until(async () => (await stateOf()) === "included");
    const { accounts } = await client.get<Accounts>(`/v1/accounts/${SOMEBODY}`);
    expect(accounts[0].balance).to.equal(String(25n * 10n ** 16n));
    const posted = await contracts.inbox.queryFilter(contracts.inbox.filters.BatchAppended());
    const since = posted.filter(({ args }) => args.number >= before);
    return since.map(({ args }) => {
      const { source } = args.header as unknown as { readonly source: string };
      return deployment.sources[addresses.sources.indexOf(source.toLowerCase() as Hex)];
    });
  } finally {
    await connection.close();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
