import {
  getCreateAddress,
  Interface,
  type BaseContract,
  type InterfaceAbi,
  type Log,
  type LogDescription,
  type Provider,
} from "ethers";

import { artifactOf } from "../artifacts.js";
import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { ETHER } from "../node/outputs.js";
import { chainContracts } from "../verify/chainContracts.js";
import type { SnapshotContract } from "./snapshot.js";

/** As many blocks as every provider searches for logs at once. */
const LOG_RANGE = 2_000;
/** A factory has made at most so many contracts before the chain's. */
const MOST_CREATED = 300_000;

/** What has to be replayed. */
export interface History {
  /** There before the first of `transactions`. */
  readonly contracts: readonly SnapshotContract[];
  /** Hashes, in the order in which they were mined. */
  readonly transactions: readonly Hex[];
}

/** All that ever happened on a development node: others' tokens and contracts are there, too. */
export async function wholeHistory(provider: Provider): Promise<History> {
  const transactions: Hex[] = [];
  const latest = await provider.getBlockNumber();
  for (let number = 1; number <= latest; number++) {
    const block = await provider.getBlock(number);
    transactions.push(...((block?.transactions ?? []) as Hex[]));
  }
  return { contracts: [], transactions };
}

/**
 * What happened to one chain, from its creation on: its contracts tell of everything in events. What it shares with others is taken as it
 * is: code, which holds no state.
 * @throws {RollupError} `SNAPSHOT_COMMITTEE`: a committee's members may have joined before. `SNAPSHOT_FOREIGN`: tokens and contracts that were
 * called have storage of their own.
 */
export async function chainHistory(chain: Chain): Promise<History> {
  const { provider, addresses, fromBlock, deployment } = chain;
  if (Object.keys(deployment.committees).length > 0) {
    throw new RollupError("SNAPSHOT_COMMITTEE", "On a network with others no chain with a committee can be kept.", {
      do: "keep one of a development node, or of a chain without a committee",
    });
  }
  const { abi } = await artifactOf("RollupFactory.sol");
  const topics = new Interface(abi as InterfaceAbi).encodeFilterTopics("ChainCreated", [addresses.rollup]);
  const [made] = await provider.getLogs({ topics, fromBlock, toBlock: fromBlock });
  const own = [addresses.rollup, addresses.inbox, addresses.bridge, addresses.messenger];
  const found = new Map<Hex, readonly [block: number, index: number]>();
  found.set(made.transactionHash as Hex, [made.blockNumber, made.transactionIndex]);
  const latest = await provider.getBlockNumber();
  for (let from = fromBlock; from <= latest; from += LOG_RANGE) {
    const toBlock = Math.min(latest, from + LOG_RANGE - 1);
    const logs = await provider.getLogs({ address: [...own, addresses.preimages], fromBlock: from, toBlock });
    for (const log of logs) {
      refuseForeign(chain, log);
      found.set(log.transactionHash as Hex, [log.blockNumber, log.transactionIndex]);
    }
  }
  const ordered = [...found].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1]);
  const factory = made.address.toLowerCase() as Hex;
  return {
    contracts: await sharedContracts(chain, factory),
    transactions: ordered.map(([hash]) => hash),
  };
}

/** What the chain did with contracts that are neither its own nor shared would be something else where those are not. */
function refuseForeign({ addresses, contracts: { bridge, messenger } }: Chain, log: Log): void {
  const address = log.address.toLowerCase();
  const has = (own: Hex, { interface: known }: BaseContract): LogDescription | null =>
    address === own ? known.parseLog(log) : null;
  const token = (has(addresses.bridge, bridge)?.args.token ?? ETHER) as Hex;
  const foreign = token !== ETHER || has(addresses.messenger, messenger)?.name === "MessageExecuted";
  if (!foreign) return;
  throw new RollupError(
    "SNAPSHOT_FOREIGN",
    "On a network with others no chain can be kept that has tokens or has called contracts.",
    {
      transaction: log.transactionHash,
      do: "keep one of a development node, where everything is kept, or of a chain of ether alone",
    },
  );
}

/** All contracts but the chain's own clones, with their code; of the factory also how many it had made. */
async function sharedContracts(chain: Chain, factory: Hex): Promise<SnapshotContract[]> {
  const { contracts, clones, unknown } = await chainContracts(chain);
  const { rollup, inbox, bridge, messenger } = chain.addresses;
  const shared = [...contracts, ...clones, ...unknown]
    .map(({ address }) => address.toLowerCase() as Hex)
    .filter((address) => ![rollup, inbox, bridge, messenger].includes(address));
  return Promise.all(
    shared.map(async (address) => ({
      address,
      code: (await chain.provider.getCode(address)) as Hex,
      nonce: address === factory ? nonceBefore(factory, bridge) : 1,
    })),
  );
}

/** The nonce with which a factory has made the first of a chain's contracts. */
function nonceBefore(factory: Hex, first: Hex): number {
  for (let nonce = 1; nonce <= MOST_CREATED; nonce++) {
    if (getCreateAddress({ from: factory, nonce }).toLowerCase() === first) return nonce;
  }
  throw new RollupError("CHAIN_NOT_CREATED", "The factory has not made the chain's bridge.", {
    factory,
    bridge: first,
  });
}
