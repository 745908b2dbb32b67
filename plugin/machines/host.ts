import { sha256 } from "@noble/hashes/sha2.js";

import { bytesToHex, wordOf, type Hex } from "../hex.js";
import { INPUT_KINDS, type Input } from "../input.js";
import { wordAt } from "../sources/wordTree.js";
import { hashParts } from "./hashing.js";
import type { MachineHost } from "./machine.js";
import { recoverSigner } from "./recovery.js";
import { HostCall } from "./hostCalls.js";
import { Trap } from "./traps.js";

/** Words of an input that describe it; its bytes follow them. */
export const INPUT_DESCRIPTION_WORDS = 8;

/** The most bytes that a hash call takes, and the size of the aligned block that they lie in. */
export const HASH_BLOCK = 256;

/** Bytes of `ecrecover`'s operands, and their alignment. */
export const ECRECOVER_BLOCK = 128;

/** What a host call needs of a guest's memory. */
export interface HostMemory {
  /** In bytes. */
  readonly size: number;
  /** What is in a range that lies in memory; not to be written to, and good until memory changes. */
  read(address: number, length: number): Uint8Array;
  write(address: number, data: Uint8Array): void;
}

/** What a host call may read and do besides memory. */
export interface HostContext {
  readonly host: MachineHost;
  /** The current input, undefined outside of one. */
  readonly input: Input | undefined;
  publish(outputRoot: Hex): void;
}

/**
 * Executes host call `call`. Arguments are unsigned.
 * @returns a trap (`Trap.rejected` for `reject`), or `Trap.none`.
 */
export function executeHostCall(
  call: number,
  args: readonly number[],
  memory: HostMemory,
  context: HostContext,
): number {
  const trap = checkHostCall(call, args, memory.size);
  if (trap !== Trap.none) return trap;
  const [first, second, third] = args;
  const { input, host } = context;
  switch (call) {
    case HostCall.inputWord:
      if (input === undefined) return Trap.noInput;
      return writeWord(memory, second, inputWord(input, first));
    case HostCall.publish:
      context.publish(bytesToHex(memory.read(first, 32)));
      return Trap.none;
    case HostCall.reject:
      return Trap.rejected;
    case HostCall.preimageWord: {
      if (input === undefined) return Trap.noInput;
      const preimage = host.preimage?.(bytesToHex(memory.read(first, 32)), input.header.blockNumber);
      return preimage === undefined ? Trap.unpublished : writeWord(memory, third, preimageWord(preimage, second));
    }
    case HostCall.log:
      if (input !== undefined)
        host.log?.({ inputNumber: input.header.number, data: clampedRange(memory, first, second) });
      return Trap.none;
    case HostCall.ecrecover:
      return writeWord(memory, second, recoverSigner(memory.read(first, ECRECOVER_BLOCK)));
    default: {
      const data = memory.read(first, second);
      return writeWord(memory, third, call === HostCall.keccak256 ? hashParts(data) : sha256(data));
    }
  }
}

/** Checks a host call's pointers and lengths against a memory of `size` bytes, in the order of its arguments. */
export function checkHostCall(call: number, args: readonly number[], size: number): number {
  const [first, second, third] = args;
  switch (call) {
    case HostCall.inputWord:
      return checkWord(second, size);
    case HostCall.publish:
      return checkWord(first, size);
    case HostCall.preimageWord:
      return checkWord(first, size) || checkWord(third, size);
    case HostCall.ecrecover:
      return checkBlock(first, ECRECOVER_BLOCK, ECRECOVER_BLOCK, size) || checkWord(second, size);
    case HostCall.keccak256:
    case HostCall.sha256:
      return checkHashed(first, second, size) || checkWord(third, size);
    default:
      return Trap.none;
  }
}

/** The word at `index` of what a guest sees of its input: 8 words that describe it, then its bytes. */
export function inputWord({ header, data }: Input, index: number): Uint8Array {
  switch (index) {
    case 0:
      return wordOf(INPUT_KINDS.indexOf(header.kind));
    case 1:
      return wordOf(BigInt(header.sender));
    case 2:
      return wordOf(header.number);
    case 3:
      return wordOf(header.timestamp);
    case 4:
      return wordOf(header.blockNumber);
    case 5:
      return wordOf(header.length);
    default:
      return index < INPUT_DESCRIPTION_WORDS ? new Uint8Array(32) : wordAt(data, index - INPUT_DESCRIPTION_WORDS);
  }
}

/** Word 0 is the preimage's length in bytes, its words follow. */
export function preimageWord(preimage: Uint8Array, index: number): Uint8Array {
  return index === 0 ? wordOf(preimage.length) : wordAt(preimage, index - 1);
}

function checkWord(pointer: number, size: number): number {
  return checkBlock(pointer, 32, 32, size);
}

function checkBlock(pointer: number, alignment: number, length: number, size: number): number {
  if (pointer % alignment !== 0) return Trap.alignment;
  return pointer + length > size ? Trap.memory : Trap.none;
}

function checkHashed(pointer: number, length: number, size: number): number {
  const start = pointer - (pointer % HASH_BLOCK);
  if (pointer + length > start + HASH_BLOCK) return Trap.tooLong;
  return start + HASH_BLOCK > size ? Trap.memory : Trap.none;
}

function writeWord(memory: HostMemory, pointer: number, word: Uint8Array): number {
  memory.write(pointer, word);
  return Trap.none;
}

function clampedRange(memory: HostMemory, pointer: number, length: number): Uint8Array {
  const start = Math.min(pointer, memory.size);
  return memory.read(start, Math.min(length, memory.size - start)).slice();
}
