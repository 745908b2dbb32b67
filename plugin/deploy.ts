import type { Addressable, Provider } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import "@nomicfoundation/hardhat-ignition-ethers";

import { signerOf } from "./accounts.js";
import { artifactOf } from "./artifacts.js";
import { blobAccess } from "./blobs/access.js";
import { Chain, type ChainAddresses } from "./chain.js";
import { BatchMemory } from "./committee/batchPlace.js";
import { committeeAccess } from "./committee/openAccess.js";
import { chooseHistory } from "./chooseHistory.js";
import { requireBonds } from "./config/bonds.js";
import type { Account, ChainConfig, SourceKind } from "./config/types.js";
import type { Deployment } from "./deployments.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";
import { loadChainArtifacts } from "./ignition/artifacts.js";
import { chainModule } from "./ignition/chainModule.js";
import { estimateDeployment } from "./ignition/gas.js";
import { DEVELOPMENT_CHAIN_ID, deploymentId, journalOf, standingAddresses } from "./ignition/journal.js";
import { settleTransactions } from "./ignition/settle.js";
import type { Program } from "./machines/machine.js";

/** As many blocks as every provider searches for logs at once. */
const LOG_RANGE = 2_000;

export interface DeployOptions {
  readonly connection: NetworkConnection;
  readonly config: ChainConfig;
  /** The built guest. */
  readonly program: Program;
  /** A machine that takes the place of the one that the configuration names. */
  readonly machine?: Hex;
}

/** A chain that was just deployed, and what it took. */
export interface Deployed {
  readonly chain: Chain;
  /** To be kept with `writeDeployment`. */
  readonly deployment: Deployment;
  /** With the histories that were chosen. */
  readonly config: ChainConfig;
  readonly gas: bigint;
  readonly transactions: number;
}

/** What `deployChain` will do. */
export interface DeploymentPlan {
  readonly chainId: bigint;
  /** With the histories that are chosen. */
  readonly config: ChainConfig;
  /** What it will take, with a margin; what is there already costs nothing. */
  readonly gas: bigint;
}

/**
 * What `deployChain` will do; nothing is sent or written.
 * @param folder Ignition's, `config.paths.ignition`.
 * @throws {RollupError} As `deployChain`.
 */
export async function planChain(options: DeployOptions, folder: string): Promise<DeploymentPlan> {
  const { connection } = options;
  const { ethers } = connection;
  const { chainId, genesisBlock } = await describeNetwork(ethers.provider);
  const config = await settleConfig(connection, options.config, chainId);
  const done = await standingAddresses(journalOf(folder, deploymentId(chainId, genesisBlock)), ethers.provider);
  const module = await moduleOf({ ...options, config });
  const signer = await signerOf(connection, config.accounts.deployer);
  return { chainId, config, gas: await estimateDeployment(module, config.rule, signer, done) };
}

/**
 * Deploys a chain: what all chains of the network share, if it is not there yet, and the chain's clones. A deployment to a real network that
 * was interrupted goes on where it stopped.
 * @throws {RollupError} `ACCOUNT_MISSING`, `BLOBS_UNSUPPORTED`, `BONDS_ZERO`.
 */
export async function deployChain(options: DeployOptions): Promise<Deployed> {
  const { connection, program } = options;
  const provider = connection.ethers.provider;
  const network = await describeNetwork(provider);
  const config = await settleConfig(connection, options.config, network.chainId);
  const deployer = await signerOf(connection, config.accounts.deployer);
  await settleTransactions(connection.provider, provider, deployer.address);
  const contracts = await connection.ignition.deploy(await moduleOf({ ...options, config }), {
    defaultSender: deployer.address,
    deploymentId: deploymentId(network.chainId, network.genesisBlock),
    config: network.chainId === DEVELOPMENT_CHAIN_ID ? { requiredConfirmations: 1, blockPollingInterval: 50 } : {},
  });
  const sources = config.sources.map(({ kind }) => kind);
  const addresses = await addressesOf(contracts, sources, options.machine);
  const committees = await Promise.all(
    config.committees.map(async ({ name }) => [name, await addressOf(contracts[`committee_${name}`])] as const),
  );
  const factory = await addressOf(contracts.factory);
  const deployment: Deployment = {
    version: 2,
    network: connection.networkName,
    chain: config.name,
    mode: config.mode,
    chainId: Number(network.chainId),
    genesisBlock: network.genesisBlock,
    fromBlock: await creationBlock(provider, factory, addresses.rollup),
    addresses,
    sources,
    committees: Object.fromEntries(committees),
    history: config.history,
    program: program.hash,
    guest: config.guest.name,
  };
  const committee = await committeeAccess(deployment, config, provider, new BatchMemory());
  const chain = await Chain.connect(deployment, provider, blobAccess(connection), committee);
  return { chain, deployment, config, ...(await spentSince(provider, deployer.address, network.latest)) };
}

/** With what depends on the network: the histories, and whether the bonds do. */
async function settleConfig(connection: NetworkConnection, given: ChainConfig, chainId: bigint): Promise<ChainConfig> {
  const config = await chooseHistory(connection, blobAccess(connection), given);
  if (chainId !== DEVELOPMENT_CHAIN_ID) requireBonds(config);
  return config;
}

async function moduleOf({
  connection,
  config,
  program,
  machine,
}: DeployOptions): Promise<ReturnType<typeof chainModule>> {
  return chainModule({
    artifacts: await loadChainArtifacts(artifactOf, config.machine),
    config,
    sequencer: await sequencerOf(connection, config.sequencer),
    program: program.hash,
    genesis: program.start().state(),
    machine,
  });
}

type PartName = keyof Omit<ChainAddresses, "sources"> | `${Exclude<SourceKind, "committee">}Source`;
/** Committees and what they keep are there if the chain names any. */
type Contracts = Readonly<Record<PartName | `committee${string}`, Addressable>>;

async function addressesOf(
  contracts: Contracts,
  sources: readonly SourceKind[],
  machine: Hex | undefined,
): Promise<ChainAddresses> {
  return {
    rollup: await addressOf(contracts.rollup),
    inbox: await addressOf(contracts.inbox),
    bridge: await addressOf(contracts.bridge),
    messenger: await addressOf(contracts.messenger),
    machine: machine ?? (await addressOf(contracts.machine)),
    history: await addressOf(contracts.history),
    rule: await addressOf(contracts.rule),
    preimages: await addressOf(contracts.preimages),
    sources: await Promise.all(sources.map((kind) => addressOf(contracts[`${kind}Source`]))),
  };
}

async function addressOf(contract: Addressable): Promise<Hex> {
  return (await contract.getAddress()).toLowerCase() as Hex;
}

/** The sequencer need not be an account of ours. */
async function sequencerOf(connection: NetworkConnection, account: Account): Promise<Hex> {
  return typeof account === "string" ? account : ((await signerOf(connection, account)).address as Hex);
}

async function describeNetwork(provider: Provider): Promise<{ chainId: bigint; genesisBlock: Hex; latest: number }> {
  const [{ chainId }, genesis, latest] = await Promise.all([
    provider.getNetwork(),
    provider.getBlock(0),
    provider.getBlockNumber(),
  ]);
  if (genesis?.hash) return { chainId, genesisBlock: genesis.hash as Hex, latest };
  throw new RollupError("NO_GENESIS_BLOCK", "The network does not give its block 0, by which it is recognized.");
}

/** The block that made the chain, looked for backwards: it is a recent one also where an earlier deployment was found again. */
async function creationBlock(provider: Provider, factory: Hex, rollup: Hex): Promise<number> {
  const topics = [null, `0x${rollup.slice(2).padStart(64, "0")}`];
  for (let toBlock = await provider.getBlockNumber(); toBlock >= 0; toBlock -= LOG_RANGE) {
    const fromBlock = Math.max(0, toBlock - LOG_RANGE + 1);
    const logs = await provider.getLogs({ address: factory, topics, fromBlock, toBlock });
    if (logs.length > 0) return logs[0].blockNumber;
  }
  throw new RollupError("CHAIN_NOT_CREATED", "The factory knows no such chain.", { factory, rollup });
}

/** What an account's transactions after a block took. */
async function spentSince(
  provider: Provider,
  from: string,
  block: number,
): Promise<{ gas: bigint; transactions: number }> {
  let gas = 0n;
  let transactions = 0;
  const latest = await provider.getBlockNumber();
  for (let number = block + 1; number <= latest; number++) {
    const sent = (await provider.getBlock(number, true))?.prefetchedTransactions ?? [];
    for (const { hash } of sent.filter((one) => one.from.toLowerCase() === from.toLowerCase())) {
      gas += (await provider.getTransactionReceipt(hash))?.gasUsed ?? 0n;
      transactions += 1;
    }
  }
  return { gas, transactions };
}
