import type { SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers/types";

import type { Hex } from "../../plugin/hex.js";
import type { CommitteeSource, FalseChain } from "../../types/ethers-contracts/index.js";
import { deployCommitteeOn, type TestCommittee } from "../helpers/committee.js";
import { Disputes } from "../helpers/disputes.js";
import {
  attestedNode,
  combinationNode,
  DAY,
  deploySettlement,
  makeRule,
  unchallengedNode,
  words,
  type Settlement,
} from "../helpers/settlement.js";
import type { TrueTrace } from "../helpers/traces.js";

export const SIZE = 3;
export const QUORUM = 2;
export const WINDOW = 7 * DAY;
export const RETENTION = 1000n;
export const OPTIONS = { size: SIZE, pool: 0, stake: 10n ** 18n + 7n, epochBlocks: 30, freezeBlocks: 12 };
export const LIMITS = { unbonding: 200, reporterShare: 1234 };

/** What a walk walks about in. */
export interface World {
  readonly committee: TestCommittee;
  readonly chain: Settlement;
  readonly disputes: Disputes;
  readonly source: CommitteeSource;
  readonly liar: FalseChain;
  readonly liarAddress: Hex;
  readonly truth: TrueTrace;
  /** The hash of the last input that an assertion on genesis covers. */
  readonly lastInput: Hex;
  readonly snapshot: SnapshotRestorer;
}

/** A rollup that is final by two of its committee's three members or after a window, and a contract that lies about being one. */
export async function makeWorld(): Promise<World> {
  const first = await deploySettlement();
  const committee = await deployCommitteeOn(first, { ...OPTIONS, ...LIMITS });
  const address = await committee.contract.getAddress();
  const nodes = [attestedNode(address, QUORUM), unchallengedNode(WINDOW), combinationNode(1, [0, 1])];
  const chain = await first.sibling(await makeRule(first.parts.rules, nodes));
  await chain.batch(words(3));
  const disputes = new Disputes(chain);
  const truth = await disputes.truth();
  const source = await first.ethers.deployContract("CommitteeSource", [address, QUORUM, RETENTION]);
  const liar = await first.ethers.deployContract("FalseChain");
  const liarAddress = (await liar.getAddress()) as Hex;
  const { next } = await chain.rollup.assertion(chain.genesis);
  const lastInput = (await chain.inbox.inputHash(next - 1n)) as Hex;
  const snapshot = await first.networkHelpers.takeSnapshot();
  return { committee, chain, disputes, source, liar, liarAddress, truth, lastInput, snapshot };
}
