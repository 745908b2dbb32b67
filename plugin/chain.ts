import { Contract, type ContractRunner, type Provider } from "ethers";

import type { IBridge } from "../types/ethers-contracts/IBridge.js";
import type { IInbox } from "../types/ethers-contracts/IInbox.js";
import type { IMessenger } from "../types/ethers-contracts/IMessenger.js";
import type { IRollup } from "../types/ethers-contracts/IRollup.js";
import type { IRule } from "../types/ethers-contracts/rules/IRule.js";
import type { PreimageStore } from "../types/ethers-contracts/machines/PreimageStore.js";
import { artifactOf } from "./artifacts.js";
import type { BlobAccess } from "./blobs/access.js";
import type { CommitteeAccess } from "./committee/access.js";
import { checkDeployment, type Deployment } from "./deployments.js";
import type { Clock, DisputeShape } from "./dispute/claim.js";
import type { Hex } from "./hex.js";
import type { TransactionManagers } from "./l1/transactionManagers.js";
import type { ReadingPolicy } from "./node/eventReader.js";

/** Where a chain's contracts are on its settlement layer. */
export interface ChainAddresses {
  readonly rollup: Hex;
  readonly inbox: Hex;
  readonly bridge: Hex;
  readonly messenger: Hex;
  readonly machine: Hex;
  readonly history: Hex;
  readonly rule: Hex;
  readonly preimages: Hex;
  /** In the order of their indices. */
  readonly sources: readonly Hex[];
}

/** The numbers that rule a chain, as its contracts say them. Durations in seconds, bonds in wei, shares in basis points. */
export interface ChainParameters extends DisputeShape, Clock {
  /** `(A + B) / w`. */
  readonly levels: number;
  readonly maxInputs: bigint;
  /** `StepContext.program`. */
  readonly program: Hex;
  /** Windows of the rule's tree, ascending. */
  readonly windows: readonly bigint[];
  readonly assertionBond: bigint;
  /** By level, level 1 first. */
  readonly claimBonds: readonly bigint[];
  readonly burnedShare: bigint;
  readonly proverShare: bigint;
  readonly sequencer: Hex;
  readonly forceInclusionAfter: bigint;
  readonly batchBudget: bigint;
  readonly messageBudget: bigint;
}

/** A chain's contracts, typed. */
export interface ChainContracts {
  readonly rollup: IRollup;
  readonly inbox: IInbox;
  readonly bridge: IBridge;
  readonly messenger: IMessenger;
  readonly rule: IRule;
  readonly preimages: PreimageStore;
}

/** How a settlement layer is read and written. */
export interface SettlementOptions {
  readonly reading?: ReadingPolicy;
  readonly transactions?: TransactionManagers;
}

/** One deployed chain, seen through a provider of its settlement layer. */
export class Chain {
  private constructor(
    public readonly deployment: Deployment,
    public readonly provider: Provider,
    public readonly parameters: ChainParameters,
    public readonly contracts: ChainContracts,
    /** How to send blobs there, and where they are kept; undefined where the caller cannot say. */
    public readonly blobs: BlobAccess | undefined,
    /** How to reach the committee that keeps its batches; undefined where it has none, or the caller cannot say. */
    public readonly committee: CommitteeAccess | undefined,
    /** How far and in what pieces its settlement layer is read. */
    public readonly reading: ReadingPolicy,
    /** Who sends for the accounts of this process, as far as they are managed. */
    public readonly transactions: TransactionManagers | undefined,
  ) {}

  /**
   * Connects to a deployed chain and reads its parameters.
   * @param blobs What it takes to send blobs, for those who send.
   * @param committee What it takes to derive batches that a committee keeps, and to have them kept.
   * @param settlement How its settlement layer is read and written: up to the latest block, and one transaction at a time, if absent.
   * @throws {RollupError} `DEPLOYMENT_STALE` if the provider speaks to another settlement layer than it was deployed on.
   */
  public static async connect(
    deployment: Deployment,
    provider: Provider,
    blobs?: BlobAccess,
    committee?: CommitteeAccess,
    { reading = {}, transactions }: SettlementOptions = {},
  ): Promise<Chain> {
    await checkDeployment(deployment, provider);
    const contracts = await contractsAt(deployment.addresses, provider);
    return new Chain(
      deployment,
      provider,
      await readParameters(contracts),
      contracts,
      blobs,
      committee,
      reading,
      transactions,
    );
  }

  public get name(): string {
    return this.deployment.chain;
  }

  public get addresses(): ChainAddresses {
    return this.deployment.addresses;
  }

  /** The block from which on the chain's events are read. */
  public get fromBlock(): number {
    return this.deployment.fromBlock;
  }

  /** The settlement layer's time: its latest block's timestamp, in seconds. */
  public async now(): Promise<bigint> {
    const block = await this.provider.getBlock("latest");
    return BigInt(block?.timestamp ?? 0);
  }
}

async function contractsAt(addresses: ChainAddresses, runner: ContractRunner): Promise<ChainContracts> {
  const [rollup, inbox, bridge, messenger, rule, preimages] = await Promise.all([
    contractAt("IRollup.sol", addresses.rollup, runner),
    contractAt("IInbox.sol", addresses.inbox, runner),
    contractAt("IBridge.sol", addresses.bridge, runner),
    contractAt("IMessenger.sol", addresses.messenger, runner),
    contractAt("rules/IRule.sol", addresses.rule, runner),
    contractAt("machines/PreimageStore.sol", addresses.preimages, runner),
  ]);
  return {
    rollup: rollup as unknown as IRollup,
    inbox: inbox as unknown as IInbox,
    bridge: bridge as unknown as IBridge,
    messenger: messenger as unknown as IMessenger,
    rule: rule as unknown as IRule,
    preimages: preimages as unknown as PreimageStore,
  };
}

async function contractAt(source: string, address: Hex, runner: ContractRunner): Promise<Contract> {
  const { abi } = await artifactOf(source);
  return new Contract(address, abi, runner);
}

async function readParameters({ rollup, inbox }: ChainContracts): Promise<ChainParameters> {
  const [stored, levelCount, ...inboxSays] = await Promise.all([
    rollup.parameters(),
    rollup.levels(),
    inbox.sequencer(),
    inbox.forceInclusionAfter(),
    inbox.batchBudget(),
    inbox.messageBudget(),
  ]);
  const [sequencer, forceInclusionAfter, batchBudget, messageBudget] = inboxSays;
  const levels = Number(levelCount);
  const claimBonds = await Promise.all(Array.from({ length: levels }, (_, level) => rollup.claimBond(level + 1)));
  return {
    inputBits: Number(stored.inputBits),
    stepBits: Number(stored.stepBits),
    width: Number(stored.width),
    levels,
    maxInputs: stored.maxInputs,
    program: stored.program as Hex,
    bank: stored.bank,
    minResponse: stored.minResponse,
    windows: unpackWindows(stored.windows),
    assertionBond: stored.assertionBond,
    claimBonds,
    burnedShare: stored.burnedShare,
    proverShare: stored.proverShare,
    sequencer: sequencer.toLowerCase() as Hex,
    forceInclusionAfter,
    batchBudget,
    messageBudget,
  };
}

/** The windows that `RollupParameters.windows` packs: the shortest in the lowest 64 bits, zero past the last. */
function unpackWindows(packed: bigint): bigint[] {
  const windows: bigint[] = [];
  for (let rest = packed; rest > 0n; rest >>= 64n) windows.push(rest & 0xffff_ffff_ffff_ffffn);
  return windows;
}
