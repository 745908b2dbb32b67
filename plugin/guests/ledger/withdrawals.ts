import { keccak_256 } from "@noble/hashes/sha3.js";

import { RollupError } from "../../errors.js";
import { bytesToHex, wordOf, type Hex } from "../../hex.js";
import type { GuestLog, InputOutcome, MachineState } from "../../machines/machine.js";
import { MerkleTree } from "../../machines/merkle.js";
import type { Withdrawal } from "../../node/user.js";
import { decodeLedgerLog } from "./log.js";

/** Depth of the tree of withdrawals. */
export const WITHDRAWAL_TREE_DEPTH = 32;

/** What is needed of an executed input: of the executor's `ExecutedInput`. */
export interface LedgerInput {
  readonly outcome: InputOutcome;
  readonly logs: readonly GuestLog[];
}

/** What `IBridge.withdraw` takes besides the assertion and its state. */
export interface ProvenWithdrawal {
  readonly withdrawal: Withdrawal;
  /** The siblings of its leaf, from below. */
  readonly proof: Hex[];
}

/** The ledger's withdrawals, rebuilt from its logs. */
export class LedgerWithdrawals {
  private readonly withdrawals: Withdrawal[] = [];
  /** By number of inputs, from 0: how many withdrawals there were after them. */
  private readonly counts: number[] = [0];

  /** @param inputs All that were executed, from input 0. */
  constructor(inputs: readonly LedgerInput[] = []) {
    this.add(inputs);
  }

  /** Takes the inputs that follow those it has. What an input that was undone has logged does not count. */
  add(inputs: readonly LedgerInput[]): void {
    for (const { outcome, logs } of inputs) {
      if (outcome === "returned") {
        for (const { data } of logs) {
          const log = decodeLedgerLog(data);
          if (log?.kind === "withdrawal") this.withdrawals.push(log.withdrawal);
        }
      }
      this.counts.push(this.withdrawals.length);
    }
  }

  /** How many inputs it has taken. */
  get inputCount(): number {
    return this.counts.length - 1;
  }

  /** All withdrawals in their order, or those to `recipient`. */
  list(recipient?: Hex): Withdrawal[] {
    const wanted = recipient?.toLowerCase();
    return this.withdrawals.filter((withdrawal) => wanted === undefined || withdrawal.recipient === wanted);
  }

  /** The root of the first `count` withdrawals, all if absent: what the ledger publishes once there is one. */
  root(count: number = this.withdrawals.length): Hex {
    return bytesToHex(this.tree(count).root());
  }

  /** How many withdrawals a state holds. */
  countAt(state: Pick<MachineState, "inputCount">): number {
    const count = this.counts[Number(state.inputCount)];
    if (count !== undefined) return count;
    throw new RollupError("WITHDRAWALS_BEHIND", "The state has seen inputs whose withdrawals were not collected.", {
      given: state.inputCount,
      expected: `at most ${this.inputCount} inputs`,
    });
  }

  /**
   * Proves a withdrawal to the bridge.
   * @param state The machine's state of a confirmed assertion.
   * @throws {RollupError} `WITHDRAWALS_BEHIND` if the inputs up to the state were not added, `WITHDRAWAL_NOT_THERE` if the state does not hold the
   * withdrawal (yet), `WITHDRAWAL_ROOT_MISMATCH` if the state publishes another root than these withdrawals have.
   */
  prove(state: Pick<MachineState, "inputCount" | "outputRoot">, index: bigint): ProvenWithdrawal {
    const count = this.countAt(state);
    if (index < 0n || index >= BigInt(count)) {
      throw new RollupError("WITHDRAWAL_NOT_THERE", "The state does not hold this withdrawal.", {
        given: index,
        expected: `below ${count}`,
      });
    }
    const tree = this.tree(count);
    const root = bytesToHex(tree.root());
    if (root !== state.outputRoot) {
      throw new RollupError(
        "WITHDRAWAL_ROOT_MISMATCH",
        "The state publishes another root than the collected withdrawals have.",
        {
          given: state.outputRoot,
          expected: root,
        },
      );
    }
    const withdrawal = this.withdrawals[Number(index)];
    return { withdrawal, proof: tree.siblings(Number(index)).map(bytesToHex) };
  }

  private tree(count: number): MerkleTree {
    return MerkleTree.of(WITHDRAWAL_TREE_DEPTH, Buffer.concat(this.withdrawals.slice(0, count).map(withdrawalLeaf)));
  }
}

/** `keccak256(abi.encode(index, recipient, amount))`. */
export function withdrawalLeaf({ index, recipient, amount }: Withdrawal): Uint8Array {
  return keccak_256(Buffer.concat([index, BigInt(recipient), amount].map(wordOf)));
}
