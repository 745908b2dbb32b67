import { AbiCoder, Contract, Interface, type InterfaceAbi, type Log, type Provider } from "ethers";
import type { Artifact } from "hardhat/types/artifacts";

import { artifactOf } from "../artifacts.js";
import type { Chain } from "../chain.js";
import type { Hex } from "../hex.js";
import { MACHINES, MACHINE_NAMES, type MachineName } from "../machineTable.js";
import { parseClone, runs } from "./deployedCode.js";

/** A contract with code of its own. */
export interface WholeContract {
  readonly address: Hex;
  readonly artifact: Artifact;
  /** What its constructor was given, encoded, without 0x. */
  readonly constructorArguments: string;
}

/** A contract that is a clone, see EIP-1167: an explorer shows it by what it runs. */
export interface ClonedContract {
  readonly address: Hex;
  readonly name: string;
  readonly implementation: Hex;
}

/** All contracts of a chain, those that it shares with others included. */
export interface ChainContracts {
  readonly contracts: readonly WholeContract[];
  readonly clones: readonly ClonedContract[];
  /** Addresses whose code is not this package's, with what they were taken for. */
  readonly unknown: readonly { readonly address: Hex; readonly name: string }[];
}

/** The rule's factory has spoken at most so many blocks before the chain's, in the same deployment. */
const RULE_RANGE = 2_000;
const RULES = ["Unchallenged", "AnyOf", "AllOf", "AtLeast", "Attested"] as const;
/** Where the rules stand in the arguments of one that is made of others. */
const FIRST_PART = 2;

/** Finds out what a deployed chain consists of, from the chain alone. */
export async function chainContracts(chain: Chain): Promise<ChainContracts> {
  const search = new Search(chain.provider);
  const { deployment, addresses } = chain;
  const made = await creation(chain);
  for (const name of ["rollup", "inbox", "bridge", "messenger"] as const)
    await search.clone(addresses[name], title(name));
  if (made !== undefined) {
    const { abi } = await artifactOf("RollupFactory.sol");
    const factory = new Contract(made.address, abi, chain.provider);
    const parts = (await Promise.all(
      ["INBOX", "ROLLUP", "BRIDGE", "MESSENGER"].map((name) => factory[name]()),
    )) as string[];
    await search.whole(made.address as Hex, "RollupFactory.sol", Array<string>(4).fill("address"), parts);
  }
  await search.machine(addresses.machine, addresses.preimages);
  await search.whole(addresses.preimages, "machines/PreimageStore.sol");
  const kind = deployment.history === "blob" ? "BlobHistory" : "CalldataHistory";
  await search.whole(addresses.history, `dispute/${kind}.sol`);
  for (const [index, source] of addresses.sources.entries()) await search.source(source, deployment.sources[index]);
  for (const committee of Object.values(deployment.committees)) await search.committee(committee);
  await search.rule(addresses.rule);
  const rules = await ruleFactory(chain);
  if (rules !== undefined) await search.whole(rules, "rules/RuleFactory.sol");
  return search;
}

/** The log of the factory that made the chain. */
async function creation({ provider, addresses, fromBlock }: Chain): Promise<Log | undefined> {
  const { abi } = await artifactOf("RollupFactory.sol");
  const topics = new Interface(abi as InterfaceAbi).encodeFilterTopics("ChainCreated", [addresses.rollup]);
  return (await provider.getLogs({ topics, fromBlock, toBlock: fromBlock })).at(0);
}

async function ruleFactory({ provider, addresses, fromBlock }: Chain): Promise<Hex | undefined> {
  const { abi } = await artifactOf("rules/RuleFactory.sol");
  const topics = new Interface(abi as InterfaceAbi).encodeFilterTopics("RuleCreated", [addresses.rule]);
  const logs = await provider.getLogs({ topics, fromBlock: Math.max(0, fromBlock - RULE_RANGE), toBlock: fromBlock });
  return logs.at(-1)?.address.toLowerCase() as Hex | undefined;
}

/** Collects contracts, each once. */
class Search implements ChainContracts {
  public readonly contracts: WholeContract[] = [];
  public readonly clones: ClonedContract[] = [];
  public readonly unknown: { readonly address: Hex; readonly name: string }[] = [];
  private readonly seen = new Set<string>();

  public constructor(private readonly provider: Provider) {}

  /** A contract with code of its own. @param source Of what it should be, below `contracts/`. */
  public async whole(address: Hex, source: string, types: readonly string[] = [], values: readonly unknown[] = []) {
    if (this.isSeen(address)) return;
    const artifact = await artifactOf(source);
    if (!(await runs(this.provider, address, artifact))) {
      this.unknown.push({ address, name: artifact.contractName });
      return;
    }
    const constructorArguments = AbiCoder.defaultAbiCoder().encode(types, values).slice(2);
    this.contracts.push({ address: address.toLowerCase() as Hex, artifact, constructorArguments });
  }

  /** A clone and what it runs. */
  public async clone(address: Hex, name: string): Promise<void> {
    const implementation = await this.addClone(address, name);
    if (implementation !== undefined) await this.whole(implementation, `${name}.sol`);
  }

  /** A machine of any kind: a chain may have another than its configuration names. */
  public async machine(address: Hex, preimages: Hex): Promise<void> {
    const known = await this.firstThatRuns(
      address,
      MACHINE_NAMES.map((name: MachineName) => MACHINES[name].contract),
    );
    if (known === undefined) this.unknown.push({ address, name: "machine" });
    else await this.whole(address, known, ["address"], [preimages]);
  }

  public async source(address: Hex, kind: string): Promise<void> {
    if (kind !== "committee") return this.whole(address, `sources/${title(kind)}Source.sol`);
    const { abi } = await artifactOf("sources/CommitteeSource.sol");
    const source = new Contract(address, abi, this.provider);
    const terms = await Promise.all(
      ["COMMITTEE", "QUORUM", "RETENTION"].map((name) => source[name]() as Promise<unknown>),
    );
    await this.whole(address, "sources/CommitteeSource.sol", ["address", "uint256", "uint256"], terms);
  }

  public async committee(address: Hex): Promise<void> {
    const { abi } = await artifactOf("committee/Committee.sol");
    const parameters: unknown = await new Contract(address, abi, this.provider).parameters();
    const { inputs } = new Interface(abi as InterfaceAbi).deploy;
    await this.whole(address, "committee/Committee.sol", [inputs[0].format()], [parameters]);
  }

  /** A rule, and what it is made of. */
  public async rule(address: Hex): Promise<void> {
    const clone = parseClone(await this.provider.getCode(address));
    const sources = RULES.map((name) => `rules/${name}.sol`);
    const source = clone && (await this.firstThatRuns(clone.implementation, sources));
    if (clone === undefined || source === undefined) {
      this.unknown.push({ address, name: "rule" });
      return;
    }
    await this.addClone(address, source.slice("rules/".length, -".sol".length));
    await this.whole(clone.implementation, source);
    if (!/AnyOf|AllOf|AtLeast/.test(source)) return;
    for (const word of clone.words.slice(FIRST_PART)) await this.rule(`0x${word.slice(26)}`);
  }

  private async addClone(address: Hex, name: string): Promise<Hex | undefined> {
    const clone = parseClone(await this.provider.getCode(address));
    if (clone === undefined) this.unknown.push({ address, name });
    else if (!this.isSeen(address)) this.clones.push({ address, name, implementation: clone.implementation });
    return clone?.implementation;
  }

  private async firstThatRuns(address: Hex, sources: readonly string[]): Promise<string | undefined> {
    for (const source of sources) if (await runs(this.provider, address, await artifactOf(source))) return source;
    return undefined;
  }

  private isSeen(address: Hex): boolean {
    const key = address.toLowerCase();
    if (this.seen.has(key)) return true;
    this.seen.add(key);
    return false;
  }
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
