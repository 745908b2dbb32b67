import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, hexToBytes } from "../hex.js";
import { encodeInputHeader, type Input } from "../input.js";
import { WordTree, wordAt } from "../sources/wordTree.js";
import type { CheckpointPreimage } from "./checkpoint.js";
import { checkHostCall, ECRECOVER_BLOCK, HASH_BLOCK, INPUT_DESCRIPTION_WORDS } from "./host.js";
import { HostCall } from "./hostCalls.js";
import type { MachineHost } from "./machine.js";
import type { Cursor, WitnessWriter } from "./witness.js";

/** What an instruction's witness depends on besides the core. */
export interface ProofContext {
  readonly host: MachineHost;
  readonly input: Input;
  readonly checkpoint: CheckpointPreimage;
}

/** The witness of a step that restores, and the end of that of an instruction that traps. */
export function proveRestore({ core, outputRoot }: CheckpointPreimage): Uint8Array {
  return concatBytes(hexToBytes(core), hexToBytes(outputRoot));
}

/** Touches of memory what a host call does on chain, and adds what it needs besides; the same on every machine. */
export class HostCallProver {
  constructor(
    private readonly writer: WitnessWriter,
    private readonly memory: Cursor,
    /** Of memory, in bytes. */
    private readonly size: number,
    private readonly context: ProofContext,
  ) {}

  /** @returns true if the call restores. */
  prove(call: number, args: readonly number[]): boolean {
    if (checkHostCall(call, args, this.size) !== 0) return true;
    const [first, second, third] = args;
    switch (call) {
      case HostCall.inputWord:
        this.inputWord(first);
        return this.touchWord(second);
      case HostCall.publish:
        return this.touchWord(first);
      case HostCall.reject:
        return true;
      case HostCall.preimageWord:
        return this.preimageWord(first, second) || this.touchWord(third);
      case HostCall.log:
        return false;
      case HostCall.ecrecover:
        this.memory.subtree(first / 32, Math.log2(ECRECOVER_BLOCK / 32));
        return this.touchWord(second);
      default:
        this.memory.subtree(Math.floor(first / HASH_BLOCK) * (HASH_BLOCK / 32), Math.log2(HASH_BLOCK / 32));
        return this.touchWord(third);
    }
  }

  private inputWord(index: number): void {
    const { input } = this.context;
    this.writer.bytes(encodeInputHeader(input.header));
    const word = index - INPUT_DESCRIPTION_WORDS;
    if (word >= 0 && word * 32 < Number(input.header.length)) this.writer.proof(input.proveWord(word));
  }

  private preimageWord(pointer: number, index: number): boolean {
    const { input, host } = this.context;
    this.writer.bytes(encodeInputHeader(input.header));
    const hash = bytesToHex(this.memory.touch(pointer / 32));
    const preimage = host.preimage?.(hash, input.header.blockNumber);
    if (preimage === undefined) return true;
    const word = index - 1;
    if (word >= 0 && word * 32 < preimage.length) {
      this.writer.proof(concatBytes(wordAt(preimage, word), new WordTree(preimage).prove(word)));
    }
    return false;
  }

  private touchWord(pointer: number): false {
    this.memory.touch(pointer / 32);
    return false;
  }
}
