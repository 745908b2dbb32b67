import { concatBytes } from "@noble/hashes/utils.js";
import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers, SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers/types";
import { AbiCoder, keccak256, type ContractTransactionReceipt, type ContractTransactionResponse } from "ethers";
import { network } from "hardhat";

import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { INPUT_KINDS, type Input, type InputHeader } from "../../plugin/input.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { wordAt, WordTree } from "../../plugin/sources/wordTree.js";
import type {
  Bridge,
  CalldataHistory,
  CalldataSource,
  Inbox,
  Messenger,
  Rollup,
  RollupFactory,
  RuleFactory,
  TallyMachine as TallyMachineContract,
} from "../../types/ethers-contracts/index.js";
import { tallyProgram } from "./tallyMachine.js";

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** What a test may choose about its chain. */
export interface SettlementOptions {
  inputBits?: number;
  stepBits?: number;
  maxInputs?: number;
  window?: number;
  bank?: number;
  minResponse?: number;
  forceInclusionAfter?: number;
  batchBudget?: bigint;
  messageBudget?: bigint;
  burnedShare?: number;
  proverShare?: number;
  assertionBond?: bigint;
  /** Of level 1; each level below has one wei more. */
  claimBond?: bigint;
  /** Address of a rule instead of `unchallenged(window)`. */
  rule?: string;
}

export const DEFAULTS = {
  inputBits: 6,
  stepBits: 6,
  maxInputs: 64,
  window: 7 * DAY,
  bank: 2 * DAY,
  minResponse: 3 * HOUR,
  forceInclusionAfter: DAY,
  batchBudget: 60n,
  messageBudget: 20n,
  burnedShare: 1000,
  proverShare: 500,
  assertionBond: 10n ** 18n,
  claimBond: 10n ** 17n,
} as const;

/** An L1 message's fields as the inbox wants them back. */
export interface Queued {
  readonly kind: number;
  readonly sender: string;
  readonly commitment: string;
  readonly length: number;
}

interface SettlementParts {
  readonly ethers: HardhatEthers;
  readonly networkHelpers: NetworkHelpers;
  readonly options: Required<Omit<SettlementOptions, "rule">>;
  readonly rollup: Rollup;
  readonly inbox: Inbox;
  readonly bridge: Bridge;
  readonly messenger: Messenger;
  readonly machine: TallyMachineContract;
  readonly parts: SharedParts;
  readonly rule: string;
  readonly sequencer: HardhatEthersSigner;
  readonly people: readonly HardhatEthersSigner[];
}

/** A chain on the tally machine, with all that a test does to it. */
export class Settlement {
  public readonly ethers: HardhatEthers;
  public readonly networkHelpers: NetworkHelpers;
  public readonly options: SettlementParts["options"];
  public readonly rollup: Rollup;
  public readonly inbox: Inbox;
  public readonly bridge: Bridge;
  public readonly messenger: Messenger;
  public readonly machine: TallyMachineContract;
  public readonly parts: SharedParts;
  public readonly rule: string;
  public readonly sequencer: HardhatEthersSigner;
  public readonly people: readonly HardhatEthersSigner[];
  /** The id of the assertion that is confirmed from the start. */
  public readonly genesis = assertionId(ZERO_WORD, hashMachineState(tallyProgram.start().state()), 0);

  public constructor(given: SettlementParts) {
    this.ethers = given.ethers;
    this.networkHelpers = given.networkHelpers;
    this.options = given.options;
    this.rollup = given.rollup;
    this.inbox = given.inbox;
    this.bridge = given.bridge;
    this.messenger = given.messenger;
    this.machine = given.machine;
    this.parts = given.parts;
    this.rule = given.rule;
    this.sequencer = given.sequencer;
    this.people = given.people;
  }

  /** Another chain of the same parts on the same network, under another rule, or with other sources. */
  public async sibling(rule: string, sources?: string[]): Promise<Settlement> {
    const machine = await this.machine.getAddress();
    const config = await chainConfig(this.options, this.parts, machine, rule, this.sequencer.address);
    const given = { ...config, sources: sources ?? config.sources };
    return new Settlement({ ...this, ...(await createChain(this.ethers, this.parts.factory, given)), rule });
  }

  public get time(): NetworkHelpers["time"] {
    return this.networkHelpers.time;
  }

  public get levels(): number {
    return (this.options.inputBits + this.options.stepBits) / 6;
  }

  /** The bond of a claim at `level`, from 1. */
  public claimBond(level: number): bigint {
    return this.options.claimBond + BigInt(level - 1);
  }

  /** Appends a batch of words, after the given messages. */
  public async batch(words: readonly Hex[], messages: readonly Queued[] = []): Promise<void> {
    const number = (await this.inbox.count()) + BigInt(messages.length);
    const data = concatBytes(...words.map(hexToBytes));
    await this.inbox.connect(this.sequencer).appendBatch(number, 0, data, [...messages]);
  }

  /** All inputs of the chain, from the inbox's events alone. */
  public async inputs(): Promise<Input[]> {
    const logs = await this.ethers.provider.getLogs({ address: await this.inbox.getAddress(), fromBlock: 0 });
    const messages: Hex[] = [];
    const inputs: Input[] = [];
    for (const log of logs) {
      const event = this.inbox.interface.parseLog(log);
      if (event?.name === "MessageQueued") messages.push(event.args.data as Hex);
      if (event?.name === "BatchAppended") inputs.push(inputOf(event.args.header as unknown[], event.args.data as Hex));
      if (event?.name === "MessageAppended") {
        inputs.push(inputOf(event.args.header as unknown[], messages[Number(event.args.message)]));
      }
    }
    return inputs;
  }

  /** The fields of the messages that were queued, in order. */
  public async queued(): Promise<Queued[]> {
    const events = await this.inbox.queryFilter(this.inbox.filters.MessageQueued(), 0);
    return events.map(({ args }) => ({
      kind: Number(args.kind),
      sender: args.sender,
      commitment: args.commitment,
      length: (args.data.length - 2) / 2,
    }));
  }

  /** Waits so long that the next transaction's block has this time. */
  public async at(timestamp: number | bigint): Promise<void> {
    await this.time.setNextBlockTimestamp(timestamp);
  }

  public async after(seconds: number): Promise<void> {
    await this.at((await this.time.latest()) + seconds);
  }
}

interface SharedParts {
  readonly source: CalldataSource;
  readonly history: CalldataHistory;
  readonly rules: RuleFactory;
  readonly factory: RollupFactory;
}

export type ChainConfigGiven = Awaited<ReturnType<typeof chainConfig>>;

/** A chain's configuration as `RollupFactory.createChain` takes it. */
export async function chainConfig(
  options: Required<Omit<SettlementOptions, "rule">>,
  parts: SharedParts,
  machine: string,
  rule: string,
  sequencer: string,
) {
  const levels = (options.inputBits + options.stepBits) / 6;
  const source = await parts.source.getAddress();
  return {
    sequencer,
    forceInclusionAfter: options.forceInclusionAfter,
    messageSource: source,
    sources: [source],
    batchBudget: options.batchBudget,
    messageBudget: options.messageBudget,
    machine,
    program: tallyProgram.hash,
    genesis: { ...tallyProgram.start().state() },
    rule,
    history: await parts.history.getAddress(),
    inputBits: options.inputBits,
    stepBits: options.stepBits,
    maxInputs: options.maxInputs,
    bank: options.bank,
    minResponse: options.minResponse,
    assertionBond: options.assertionBond,
    claimBonds: Array.from({ length: Math.floor(levels) }, (_, k) => options.claimBond + BigInt(k)),
    burnedShare: options.burnedShare,
    proverShare: options.proverShare,
  };
}

/** `count` different words. */
export function words(count: number, first = 1): Hex[] {
  return Array.from({ length: count }, (_, k): Hex => `0x${(first + k).toString(16).padStart(64, "0")}`);
}

/** A fixture: the same chain, just deployed, on every call. */
export function settlementFixture(options: SettlementOptions = {}): () => Promise<Settlement> {
  let kept: { chain: Settlement; snapshot: SnapshotRestorer } | undefined;
  return async () => {
    if (kept === undefined) {
      const chain = await deploySettlement(options);
      kept = { chain, snapshot: await chain.networkHelpers.takeSnapshot() };
    } else {
      await kept.snapshot.restore();
    }
    return kept.chain;
  };
}

/** Deploys a chain on a network of its own. */
export async function deploySettlement(given: SettlementOptions = {}): Promise<Settlement> {
  const { ethers, networkHelpers } = await network.create();
  const { rule: givenRule, ...numbers } = given;
  const options = { ...DEFAULTS, ...numbers };
  const [sequencer, ...people] = await ethers.getSigners();
  const parts = await deployParts(ethers);
  const machine = await ethers.deployContract("TallyMachine");
  const rule = givenRule ?? (await makeRule(parts.rules, [unchallengedNode(options.window)]));
  const config = await chainConfig(options, parts, await machine.getAddress(), rule, sequencer.address);
  const contracts = await createChain(ethers, parts.factory, config);
  const shared = { ethers, networkHelpers, options, machine, parts, sequencer, people };
  return new Settlement({ ...shared, ...contracts, rule });
}

/** Makes a chain. */
async function createChain(ethers: HardhatEthers, factory: RollupFactory, config: ChainConfigGiven) {
  const receipt = await mined(factory.createChain(config));
  const created = receipt.logs
    .map((log) => factory.interface.parseLog(log))
    .find((event) => event?.name === "ChainCreated")!;
  return {
    rollup: await ethers.getContractAt("Rollup", created.args.rollup as string),
    inbox: await ethers.getContractAt("Inbox", created.args.inbox as string),
    bridge: await ethers.getContractAt("Bridge", created.args.bridge as string),
    messenger: await ethers.getContractAt("Messenger", created.args.messenger as string),
  };
}

async function deployParts(ethers: HardhatEthers): Promise<SharedParts> {
  const inbox = await ethers.deployContract("Inbox");
  const rollup = await ethers.deployContract("Rollup");
  const bridge = await ethers.deployContract("Bridge");
  const messenger = await ethers.deployContract("Messenger");
  return {
    source: await ethers.deployContract("CalldataSource"),
    history: await ethers.deployContract("CalldataHistory"),
    rules: await ethers.deployContract("RuleFactory"),
    factory: await ethers.deployContract("RollupFactory", [inbox, rollup, bridge, messenger]),
  };
}

export interface RuleNodeGiven {
  kind: number;
  parameter: number;
  deployed: string;
  parts: number[];
}

export function unchallengedNode(window: number): RuleNodeGiven {
  return { kind: 0, parameter: window, deployed: `0x${"00".repeat(20)}`, parts: [] };
}

/** A combination: kind 1 any, 2 all, 3 at least `parameter` of its parts. */
export function combinationNode(kind: 1 | 2 | 3, parts: number[], parameter = 0): RuleNodeGiven {
  return { kind, parameter, deployed: `0x${"00".repeat(20)}`, parts };
}

/** The rule that `quorum` members of a committee have signed. */
export function attestedNode(committee: string, quorum: number): RuleNodeGiven {
  return { kind: 5, parameter: quorum, deployed: committee, parts: [] };
}

/** Makes a rule and gives back its address. */
export async function makeRule(rules: RuleFactory, nodes: RuleNodeGiven[]): Promise<string> {
  const receipt = await mined(rules.create(nodes));
  const [created] = receipt.logs.map((log) => rules.interface.parseLog(log)).filter((event) => event !== null);
  return created.args.rule as string;
}

/** Twin of `assertionId`. */
export function assertionId(parent: Hex, stateHash: Hex, attempt: number): Hex {
  const coder = AbiCoder.defaultAbiCoder();
  return keccak256(coder.encode(["bytes32", "bytes32", "uint256"], [parent, stateHash, attempt])) as Hex;
}

/** The receipt of a transaction that was sent. */
export async function mined(sent: Promise<ContractTransactionResponse>): Promise<ContractTransactionReceipt> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("The transaction was not mined.");
  return receipt;
}

/** The fields are read by place: a decoded struct is an array, whose `length` is not the header's. */
function inputOf(given: readonly unknown[], bytes: Hex): Input {
  const [previous, kind, sender, source, commitment, length, budget, number, timestamp, blockNumber] = given as [
    Hex,
    bigint,
    Hex,
    Hex,
    Hex,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const header: InputHeader = {
    previous,
    kind: INPUT_KINDS[Number(kind)],
    sender,
    source,
    commitment,
    length,
    budget,
    number,
    timestamp,
    blockNumber,
  };
  const data = hexToBytes(bytes);
  const tree = new WordTree(data);
  return { header, data, proveWord: (index) => concatBytes(wordAt(data, index), tree.prove(index)) };
}
