import { AbiCoder, concat, keccak256, ZeroHash } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import type { MachineState } from "../../plugin/machines/machine.js";
import { Disputes } from "./disputes.js";
import type { Settlement } from "./settlement.js";
import { SET } from "./tallyMachine.js";
import type { TrueTrace } from "./traces.js";

export const ETHER: Hex = `0x${"00".repeat(20)}`;

/** A withdrawal as contracts take it. */
export interface GivenWithdrawal {
  readonly index: number;
  readonly token: string;
  readonly recipient: string;
  readonly amount: bigint;
}

/** A message as contracts take it. */
export interface GivenMessage {
  readonly index: number;
  readonly sender: string;
  readonly target: string;
  readonly data: string;
}

/** Twin of the leaf that `Bridge` looks for. */
export function leafOfWithdrawal({ index, token, recipient, amount }: GivenWithdrawal): Hex {
  const types = ["uint8", "uint256", "address", "address", "uint256"];
  return hash(types, [1, index, token, recipient, amount]);
}

/** Twin of the leaf that `Messenger` looks for. */
export function leafOfMessage({ index, sender, target, data }: GivenMessage): Hex {
  return hash(["uint8", "uint256", "address", "address", "bytes32"], [2, index, sender, target, keccak256(data)]);
}

/** The root of the tree of depth 32 with these first leaves, and the siblings of each of them, computed row by row. */
export function outputTree(leaves: readonly Hex[]): { readonly root: Hex; readonly proofs: readonly Hex[][] } {
  const proofs = leaves.map((): Hex[] => []);
  let row = [...leaves];
  let zero = ZeroHash as Hex;
  for (let height = 0; height < 32; height++) {
    proofs.forEach((proof, index) => proof.push(row[(index >> height) ^ 1] ?? zero));
    if (row.length % 2 === 1) row.push(zero);
    row = Array.from({ length: row.length / 2 }, (_, at) => keccak256(concat([row[2 * at], row[2 * at + 1]])) as Hex);
    zero = keccak256(concat([zero, zero])) as Hex;
  }
  return { root: row[0] ?? zero, proofs };
}

/** A state that holds outputs, and its assertion. */
export interface Settled {
  readonly id: Hex;
  readonly state: MachineState;
  readonly proofs: readonly Hex[][];
  /** Waits for the window and confirms it. */
  readonly confirm: () => Promise<void>;
}

/**
 * Appends the messages that wait and a batch at which the machine publishes the tree of these leaves, and asserts the state after them; it does
 * not wait, where all of it is yet to be confirmed.
 */
export async function settle(
  chain: Settlement,
  leaves: readonly Hex[],
  after?: Settled & Followed,
): Promise<Settled & Followed> {
  const disputes = new Disputes(chain);
  const { root, proofs } = outputTree(leaves);
  const waiting = (await chain.queued()).slice(Number(await chain.inbox.nextMessage()));
  await chain.batch([SET, root], waiting);
  const count = await chain.inbox.count();
  const made: Hex[] = [];
  let [id, trace] = [after?.id ?? chain.genesis, after?.trace];
  while ((await chain.rollup.assertion(id)).end < count) {
    trace = await disputes.truth(id, trace);
    ({ id } = await disputes.assert(chain.people[5], trace, id));
    made.push(id);
  }
  const confirm = async (): Promise<void> => {
    await chain.after(chain.options.window);
    for (const one of made) await chain.rollup.confirm(one);
  };
  return { id, trace: trace!, state: { ...trace!.end }, proofs, confirm };
}

interface Followed {
  readonly trace: TrueTrace;
}

function hash(types: readonly string[], values: readonly unknown[]): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode([...types], [...values])) as Hex;
}
