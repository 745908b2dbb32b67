import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../hex.js";
import { hashParts } from "./hashing.js";
import type { MachineState } from "./machine.js";

/** ABI encoding of a machine's state: 5 words, 160 bytes. */
export function encodeMachineState(state: MachineState): Uint8Array {
  return concatBytes(
    hexToBytes(state.core),
    hexToBytes(state.checkpoint),
    hexToBytes(state.outputRoot),
    wordOf(state.inputCount),
    wordOf(state.deadline),
  );
}

/** The state hash: keccak256 of the encoding, shifted right by 8 bits, so that it is a BLS12-381 scalar. */
export function hashMachineState(state: MachineState): Hex {
  const hash = hashParts(encodeMachineState(state));
  return `0x00${bytesToHex(hash.subarray(0, 31)).slice(2)}`;
}

/** `keccak256(core, outputRoot)`: what a running machine remembers of its last wait. */
export function hashCheckpoint(core: Hex, outputRoot: Hex): Hex {
  return bytesToHex(hashParts(hexToBytes(core), hexToBytes(outputRoot)));
}
