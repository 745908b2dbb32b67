import { keccak_256 } from "@noble/hashes/sha3.js";

import { RollupError } from "../../errors.js";
import { bytesToHex, wordOf, type Hex } from "../../hex.js";
import type { GuestLog, InputOutcome, MachineState } from "../../machines/machine.js";
import { MerkleTree } from "../../machines/merkle.js";
import { OUTPUT_KINDS, type SentMessage, type Withdrawal } from "../../node/outputs.js";
import { decodeLedgerLog, type LedgerLog } from "./log.js";

/** Depth of the tree of outputs. */
export const OUTPUT_TREE_DEPTH = 32;

/** What is needed of an executed input: of the executor's `ExecutedInput`. */
export interface LedgerInput {
  readonly outcome: InputOutcome;
  readonly logs: readonly GuestLog[];
}

/** A leaf of the tree: what somebody takes out, or has called on L1. */
export type LedgerOutput = Extract<LedgerLog, { readonly kind: "withdrawal" | "message" }>;

/** What `IBridge.withdraw` takes besides the assertion and its state. */
export interface ProvenWithdrawal {
  readonly withdrawal: Withdrawal;
  /** The siblings of its leaf, from below. */
  readonly proof: Hex[];
}

/** What `IMessenger.execute` takes besides the assertion, its state and the message's data. */
export interface ProvenMessage {
  readonly message: SentMessage;
  /** The siblings of its leaf, from below. */
  readonly proof: Hex[];
}

/** The ledger's outputs, rebuilt from its logs. */
export class LedgerOutputs {
  private readonly outputs: LedgerOutput[] = [];
  /** By number of inputs, from 0: how many outputs there were after them. */
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
          if (log?.kind === "withdrawal" || log?.kind === "message") this.outputs.push(log);
        }
      }
      this.counts.push(this.outputs.length);
    }
  }

  /** How many inputs it has taken. */
  get inputCount(): number {
    return this.counts.length - 1;
  }

  /** All withdrawals in their order, or those to `recipient`. */
  withdrawals(recipient?: Hex): Withdrawal[] {
    const wanted = recipient?.toLowerCase();
    const all = this.outputs.flatMap((output) => (output.kind === "withdrawal" ? [output.withdrawal] : []));
    return all.filter((withdrawal) => wanted === undefined || withdrawal.recipient === wanted);
  }

  /** All messages in their order, or those of `sender`. */
  messages(sender?: Hex): SentMessage[] {
    const wanted = sender?.toLowerCase();
    const all = this.outputs.flatMap((output) => (output.kind === "message" ? [output.message] : []));
    return all.filter((message) => wanted === undefined || message.sender === wanted);
  }

  /** The root of the first `count` outputs, all if absent: what the ledger publishes once there is one. */
  root(count: number = this.outputs.length): Hex {
    return bytesToHex(this.tree(count).root());
  }

  /** How many outputs a state holds. */
  countAt(state: Pick<MachineState, "inputCount">): number {
    const count = this.counts[Number(state.inputCount)];
    if (count !== undefined) return count;
    throw new RollupError("OUTPUTS_BEHIND", "The state has seen inputs whose outputs were not collected.", {
      given: state.inputCount,
      expected: `at most ${this.inputCount} inputs`,
    });
  }

  /**
   * Proves a withdrawal to the bridge.
   * @param state The machine's state of a confirmed assertion.
   * @throws {RollupError} `OUTPUTS_BEHIND` if the inputs up to the state were not added, `OUTPUT_NOT_THERE` if the state does not hold the
   * withdrawal (yet), `OUTPUT_ROOT_MISMATCH` if the state publishes another root than these outputs have.
   */
  proveWithdrawal(state: Pick<MachineState, "inputCount" | "outputRoot">, index: bigint): ProvenWithdrawal {
    const { output, proof } = this.prove(state, index);
    if (output.kind !== "withdrawal") throw notThere(index, "the index of a withdrawal; it is that of a message");
    return { withdrawal: output.withdrawal, proof };
  }

  /**
   * Proves a message to the messenger.
   * @throws {RollupError} As `proveWithdrawal`.
   */
  proveMessage(state: Pick<MachineState, "inputCount" | "outputRoot">, index: bigint): ProvenMessage {
    const { output, proof } = this.prove(state, index);
    if (output.kind !== "message") throw notThere(index, "the index of a message; it is that of a withdrawal");
    return { message: output.message, proof };
  }

  private prove(
    state: Pick<MachineState, "inputCount" | "outputRoot">,
    index: bigint,
  ): { readonly output: LedgerOutput; readonly proof: Hex[] } {
    const count = this.countAt(state);
    if (index < 0n || index >= BigInt(count)) throw notThere(index, `below ${count}`);
    const tree = this.tree(count);
    const root = bytesToHex(tree.root());
    if (root !== state.outputRoot) {
      throw new RollupError(
        "OUTPUT_ROOT_MISMATCH",
        "The state publishes another root than the collected outputs have.",
        {
          given: state.outputRoot,
          expected: root,
        },
      );
    }
    return { output: this.outputs[Number(index)], proof: tree.siblings(Number(index)).map(bytesToHex) };
  }

  private tree(count: number): MerkleTree {
    return MerkleTree.of(OUTPUT_TREE_DEPTH, Buffer.concat(this.outputs.slice(0, count).map(leafOf)));
  }
}

/** `keccak256(abi.encode(OutputKind.Withdrawal, index, token, recipient, amount))`. */
export function withdrawalLeaf({ index, token, recipient, amount }: Withdrawal): Uint8Array {
  return hashWords(BigInt(OUTPUT_KINDS.withdrawal), index, BigInt(token), BigInt(recipient), amount);
}

/** `keccak256(abi.encode(OutputKind.Message, index, sender, target, dataHash))`. */
export function messageLeaf({ index, sender, target, dataHash }: SentMessage): Uint8Array {
  return hashWords(BigInt(OUTPUT_KINDS.message), index, BigInt(sender), BigInt(target), BigInt(dataHash));
}

function leafOf(output: LedgerOutput): Uint8Array {
  return output.kind === "withdrawal" ? withdrawalLeaf(output.withdrawal) : messageLeaf(output.message);
}

function hashWords(...words: readonly bigint[]): Uint8Array {
  return keccak_256(Buffer.concat(words.map(wordOf)));
}

function notThere(index: bigint, expected: string): RollupError {
  return new RollupError("OUTPUT_NOT_THERE", "The state does not hold this output.", { given: index, expected });
}
