import type { HistoryKind } from "../dispute/historyKind.js";
import type { Hex } from "../hex.js";
import type { MachineName } from "../machineTable.js";
import type { Duration, RuleUserConfig } from "../rules/builders.js";
import type { LogLevel, NodeConfig } from "../service/nodeConfig.js";
import type {
  BlobSourceConfig,
  CalldataSourceConfig,
  CommitteeSourceConfig,
  SourceUserConfig,
} from "../sources/builders.js";
import type { L1Config, L1UserConfig } from "./l1.js";

export type { L1Config, L1UserConfig } from "./l1.js";

/** An amount of ETH: wei as a bigint, or text such as `"0.1 ether"`, `"20 gwei"`, `"5 wei"`. */
export type Amount = bigint | string;

/** Whose account acts: an index into the network's accounts, or an address among them. */
export type Account = number | Hex;

/** What may be written in `config.rollup`. */
export interface RollupUserConfig {
  /** The chains of this project, by name. */
  chains?: Record<string, ChainUserConfig>;
  /** The committees that chains name, by name. `members` is there, as the modes' preset, if it is not given here. */
  committees?: Record<string, CommitteeUserConfig>;
  /** Where deployments are remembered; `deployments` under the project's root if absent. */
  deployments?: string;
  /** Addresses of beacon nodes that are asked for blobs which the project's archive does not have, the best first. */
  beacons?: readonly string[];
  /** How the settlement layers are reached and how far they are read, by the names of Hardhat's networks. */
  l1?: Record<string, L1UserConfig>;
}

/** What may be written in `config.rollup.chains.<name>`: a mode, or parts, or a mode and the parts that differ. */
export interface ChainUserConfig {
  /** A row of the table that `rollup:modes` prints; `"rollup"` if absent. */
  mode?: string;
  /** What computes the next state; `"wasm"` if absent. */
  machine?: string;
  /** The program: a `.ts` (AssemblyScript) or `.wasm` file, or the name of one that this package brings (`"counter"`, `"ledger"`). */
  guest?: string;
  /** Where batches may be. */
  sources?: ReadonlyArray<SourceUserConfig | SourceUserConfig["kind"]>;
  /** When an assertion is final. */
  rule?: RuleUserConfig;
  /** How a dispute names states: `"blob"`, `"calldata"`, or `"auto"`, which takes blobs where the chain is deployed if that is possible. */
  history?: string;
  /** `A`: an assertion covers at most `2^A` inputs. */
  inputBits?: number;
  /** `B`: an input's window is `2^B` steps. */
  stepBits?: number;
  /** The most inputs that an assertion covers, at most `2^A`. */
  maxInputs?: number;
  /** Who may append batches. */
  sequencer?: Account;
  /** Time that one side of a branch of a dispute has in all. */
  bank?: Duration;
  /** Time that every answer has at least. */
  minResponse?: Duration;
  /** How long the sequencer may leave an L1 message waiting. */
  forceInclusionAfter?: Duration;
  /** How long after a batch is posted it is asserted at the latest: blobs must last until the dispute about it is over. */
  assertionLag?: Duration;
  bonds?: BondsUserConfig;
  /** The part of a lost bond that is burned, from 0 to 1. */
  burnedShare?: number;
  /** The part of a refuted claim's bond that goes to who proved the step, from 0 to 1. */
  proverShare?: number;
  inputBudget?: InputBudgetUserConfig;
  accounts?: AccountsUserConfig;
  /** How `rollup:node` runs the chain. */
  node?: NodeUserConfig;
}

/** How `rollup:node` runs a chain. */
export interface NodeUserConfig {
  /** How long a transaction waits for its batch at most; 10 seconds if absent. */
  batchInterval?: Duration;
  /** A batch is posted as soon as it has so many bytes, and has no more; 100,000 if absent. */
  batchBytes?: number;
  /** How long after the last assertion the next is made; 1 hour if absent. */
  assertInterval?: Duration;
  /** How often the settlement layer is looked at; 4 seconds if absent. */
  poll?: Duration;
  /** The node's file; beside the deployments if absent. */
  database?: string;
  /** Where it listens; 127.0.0.1 and a free port if absent. */
  host?: string;
  port?: number;
  /** Requests that one address may make in a minute; 6,000 if absent. */
  requestsPerMinute?: number;
  /** How often the machine is written down at most: as long takes it to come back after a kill; 5 seconds if absent. */
  snapshotInterval?: Duration;
  /** Of what is written to standard error; `"info"` if absent. */
  logLevel?: LogLevel;
  budget?: NodeBudgetUserConfig;
}

/** What each account that acts for a node may spend; what is absent is not limited. */
export interface NodeBudgetUserConfig {
  /** For gas and blob gas, within 24 hours. */
  perDay?: Amount;
  /** For gas and blob gas, for as long as the node's file is kept. */
  total?: Amount;
  /** Bonds and deposits, within 24 hours. */
  bondsPerDay?: Amount;
  /** The most that is offered for a unit of gas; 200 gwei if absent. */
  maxFeePerGas?: Amount;
  /** The same when a clock of a dispute runs out; 2,000 gwei if absent. */
  urgentMaxFeePerGas?: Amount;
  /** The most that is offered for a unit of blob gas; 200 gwei if absent. */
  maxFeePerBlobGas?: Amount;
  /** The same when a clock of a dispute runs out; 2,000 gwei if absent. */
  urgentMaxFeePerBlobGas?: Amount;
}

export interface BondsUserConfig {
  assertion?: Amount;
  /** One amount for every level, or one for each, the first level first. */
  claims?: Amount | readonly Amount[];
}

/** The most steps that one input may take. */
export interface InputBudgetUserConfig {
  batch?: number;
  message?: number;
}

/** Who acts for the project; index 0 of the network's accounts where absent. */
export interface AccountsUserConfig {
  deployer?: Account;
  asserter?: Account;
  challenger?: Account;
  user?: Account;
}

/** What may be written in `config.rollup.committees.<name>`. */
export interface CommitteeUserConfig {
  /** The stake's token; ether if absent. */
  token?: Hex;
  /** Of each member; of a token a bigint in its smallest units, or text as if it had 18 decimals. 1 ether if absent. */
  stake?: Amount;
  /** How many members an epoch has, 1 to 115; 20 if absent. */
  size?: number;
  /** How many of them are taken to be honest at least; 2 if absent. Batches need `size - honest + 1` signatures. */
  honest?: number;
  /** How many are meant to be registered, of whom each epoch's are drawn; 100 if absent. Nothing but figures depends on it. */
  pool?: number;
  /** How many blocks lie between an epoch's begin and the block that draws the next one; 7200, a day, if absent. */
  epochBlocks?: number;
  /** For how many of them nobody joins or leaves, fewer than all; 64, or half of them if that is less, if absent. */
  freezeBlocks?: number;
  /** How long a stake stays behind after its owner's last epoch; 30 days if absent. */
  unbonding?: Duration;
  /** The part of a forfeited stake that goes to whoever shows the evidence, from 0 to 1; the rest is burned. 0.1 if absent. */
  reporterShare?: number;
  /** How long a sequencer waits for signatures before it posts a batch to L1; 10 seconds if absent. */
  certificateTimeout?: Duration;
  /** How long members keep a batch from when it is posted; until no dispute of the chain can need it any more if absent. */
  retention?: Duration;
  /** The http addresses of members' servers, by the members' accounts. */
  members?: Record<string, string>;
}

/** A rule with its durations in seconds. Only what is built: other kinds are refused before. */
export type RuleConfig =
  | { readonly kind: "unchallenged"; readonly window: number }
  | { readonly kind: "attested"; readonly committee: string; readonly quorum: number }
  | { readonly kind: "anyOf"; readonly rules: readonly RuleConfig[] }
  | { readonly kind: "allOf"; readonly rules: readonly RuleConfig[] }
  | { readonly kind: "atLeast"; readonly count: number; readonly rules: readonly RuleConfig[] };

/** A committee's source, with what it was made for. */
export interface CertifiedSourceConfig extends CommitteeSourceConfig {
  /** How many signatures a batch needs. */
  readonly quorum: number;
  /** How long a batch is kept from when it is posted, in seconds. */
  readonly retention: number;
}

/** A source that is built. */
export type SourceConfig = CalldataSourceConfig | BlobSourceConfig | CertifiedSourceConfig;
export type SourceKind = SourceConfig["kind"];

/** A guest that was found by its name or path; whether the file exists is looked at when it is built. */
export interface GuestConfig {
  /** For people: the name, or the path as the user wrote it. */
  readonly name: string;
  /** Absolute. A folder has its program in `index.ts`. */
  readonly path: string;
}

/** How a chain's disputes name states, and what claims on their levels cost. */
export interface HistoryConfig {
  readonly history: HistoryKind;
  /** In wei; one claim's bond for each level, the first level first: `(A + B) / w` of them. */
  readonly bonds: { readonly assertion: bigint; readonly claims: readonly bigint[] };
}

/** A committee with everything explicit. */
export interface CommitteeConfig {
  readonly name: string;
  /** Zero for ether. */
  readonly token: Hex;
  /** In wei, or the token's smallest units. */
  readonly stake: bigint;
  readonly size: number;
  readonly honest: number;
  readonly pool: number;
  readonly epochBlocks: number;
  readonly freezeBlocks: number;
  /** In seconds. */
  readonly unbonding: number;
  /** In basis points. */
  readonly reporterShare: number;
  /** In seconds. */
  readonly certificateTimeout: number;
  /** In seconds; undefined where each chain has its own. */
  readonly retention: number | undefined;
  /** By lower-case account; without a slash at the end. */
  readonly members: Readonly<Record<Hex, string>>;
}

/** A chain with every part explicit. Plain data but for bigints: times in seconds, amounts in wei, shares in basis points. */
export interface ChainConfig extends HistoryConfig {
  readonly name: string;
  /** The mode that the parts came from. */
  readonly mode: string;
  readonly machine: MachineName;
  readonly guest: GuestConfig;
  readonly sources: readonly SourceConfig[];
  readonly rule: RuleConfig;
  /** Those that the sources and the rule name, each once. */
  readonly committees: readonly CommitteeConfig[];
  /** What the chain is deployed with where its settlement layer has no blobs or its challenger no key to send them; else it must have them. */
  readonly fallback: HistoryConfig | undefined;
  /** `A`. */
  readonly inputBits: number;
  /** `B`. */
  readonly stepBits: number;
  /** At most `2^A`. */
  readonly maxInputs: number;
  readonly sequencer: Account;
  /** In seconds. */
  readonly bank: number;
  /** In seconds. */
  readonly minResponse: number;
  /** In seconds. */
  readonly forceInclusionAfter: number;
  /** In seconds. */
  readonly assertionLag: number;
  /** In basis points. */
  readonly burnedShare: number;
  /** In basis points. */
  readonly proverShare: number;
  /** In steps; each at most `2^B - 1`. */
  readonly inputBudget: { readonly batch: bigint; readonly message: bigint };
  readonly accounts: {
    readonly deployer: Account;
    readonly asserter: Account;
    readonly challenger: Account;
    readonly user: Account;
  };
  readonly node: NodeConfig & { /** Absolute; undefined for the project's. */ readonly database: string | undefined };
}

/** `config.rollup` with everything explicit. */
export interface RollupConfig {
  readonly chains: Readonly<Record<string, ChainConfig>>;
  /** By name, with the preset `members`. */
  readonly committees: Readonly<Record<string, CommitteeConfig>>;
  /** Absolute. */
  readonly deployments: string;
  readonly beacons: readonly string[];
  /** By the names of networks; nothing where a network's own address is used as it is. */
  readonly l1: Readonly<Record<string, L1Config>>;
}
