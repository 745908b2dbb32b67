import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { formatAmount } from "../plugin/config/amount.js";
import { formatCount } from "../plugin/console/format.js";
import { deployChain, type DeployOptions } from "../plugin/deploy.js";
import { writeDeployment, type Deployment } from "../plugin/deployments.js";
import { requireFunds } from "../plugin/funds.js";
import type { Hex } from "../plugin/hex.js";
import { prepareJournal } from "../plugin/ignition/journal.js";
import { preflight, requireSuitable } from "../plugin/preflight/preflight.js";
import { TransactionPool } from "../plugin/pool.js";
import { formatRule } from "../plugin/rules/format.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface DeployArguments extends SessionArguments {
  /** `--dry-run` */
  readonly dryRun: boolean;
}

const CHECK_COLUMNS = ["what", "found", "needed", ""].map((title) => ({ title }));

/** `rollup:deploy` */
const action: NewTaskActionFunction<DeployArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const program = await session.program();
  const deployer = await session.signer("deployer");
  const config = { ...session.config, accounts: { ...session.config.accounts, deployer: deployer.address as Hex } };
  const options = { connection, config, program };
  const folder = hre.config.paths.ignition;
  if (args.dryRun) return dryRun(session, options, folder);
  const { provider, ethers } = connection;
  for (const done of await prepareJournal(folder, provider, ethers.provider)) out.line(`Journal: ${done}`);
  const found = await preflight(options, folder);
  const cost = await requireFunds(deployer, "deploy the chain", found.gas, 0n);
  requireSuitable(found, connection.networkName);
  out.line(
    `Deploying ${config.name} to ${connection.networkName}: about ${formatCount(cost.gas)} gas, with a margin (${formatAmount(cost.fee)})`,
  );
  for (const { name, found: there, needed, result } of found.checks) {
    if (result === "lacking") out.line(`Before the chain is used: ${name} has ${there}, needs ${needed}`);
  }
  const deployed = await out.during(`deploying ${config.name}`, () => deployChain(options));
  const { deployment, gas, transactions } = deployed;
  const { bonds } = deployed.config;
  const file = await writeDeployment(session.deployments, deployment);
  if (transactions > 0) await new TransactionPool(session.deployments, connection.networkName, config.name).clear();
  out.fields({
    mode: config.mode,
    rule: formatRule(config.rule),
    guest: `${config.guest.name}, program ${program.hash}`,
    history: `${deployment.history}, ${bonds.claims.length} levels`,
    bonds: `${formatAmount(bonds.assertion)} for an assertion, ${bonds.claims.map(formatAmount).join(", ")} for claims`,
    ...describeCommittees(deployment),
    rollup: deployment.addresses.rollup,
    inbox: deployment.addresses.inbox,
    bridge: deployment.addresses.bridge,
    gas: `${formatCount(gas)} in ${transactions} transactions`,
    remembered: file,
  });
  if (session.embedded)
    out.line("The embedded network ends with this command. To keep a chain: npx hardhat node, --network localhost");
  out.result({ ...deployment, file, gas: Number(gas), transactions });
};

/** Shows what a deployment would take and find; sends nothing, writes nothing. */
async function dryRun({ out, connection }: Session, options: DeployOptions, folder: string): Promise<void> {
  const found = await preflight(options, folder);
  const { chainId, checks, gas, fee } = found;
  out.fields({
    network: `${connection.networkName}, chain id ${chainId}`,
    gas: `about ${formatCount(gas)}, with a margin`,
    fee: `${formatAmount(fee)} at the present gas price`,
  });
  out.line();
  out.table(
    CHECK_COLUMNS,
    checks.map(({ name, found: there, needed, result }) => [name, there, needed, result]),
  );
  out.line();
  out.line("Nothing was sent, and nothing written.");
  out.result({ dryRun: true, chain: options.config.name, chainId: Number(chainId), gas: Number(gas), fee, checks });
  requireSuitable(found, connection.networkName);
}

/** Where a chain's committees are; they need members before they can sign. */
function describeCommittees({ committees }: Deployment): { readonly committees?: string } {
  const named = Object.entries(committees).map(([name, address]) => `${name} at ${address}`);
  return named.length === 0 ? {} : { committees: `${named.join(", ")}; rollup:register joins, rollup:committee shows` };
}

export default action;
