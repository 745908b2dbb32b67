import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../hex.js";
import { hashParts } from "./hashing.js";
import type { MachineState } from "./machine.js";

/** ABI encoding of a machine's state: 6 words, 192 bytes. */
export function encodeMachineState(state: MachineState): Uint8Array {
  return concatBytes(
    hexToBytes(state.core),
    hexToBytes(state.checkpoint),
    hexToBytes(state.outputRoot),
    hexToBytes(state.rejections),
    wordOf(state.inputCount),
    wordOf(state.deadline),
  );
}

/** The state hash: keccak256 of the encoding, shifted right by 8 bits, so that it is a BLS12-381 scalar. */
export function hashMachineState(state: MachineState): Hex {
  const hash = hashParts(encodeMachineState(state));
  return `0x00${bytesToHex(hash.subarray(0, 31)).slice(2)}`;
}

/** A state as a contract gives it back, among whatever else its decoder puts there. */
export function machineStateOf(result: unknown): MachineState {
  const { core, checkpoint, outputRoot, rejections, inputCount, deadline } = result as MachineState;
  return { core, checkpoint, outputRoot, rejections, inputCount, deadline };
}

/** `keccak256(rejections, inputHash)`: the hash chain with one more input that changed nothing. */
export function hashRejection(rejections: Hex, inputHash: Hex): Hex {
  return bytesToHex(hashParts(hexToBytes(rejections), hexToBytes(inputHash)));
}

/** `keccak256(core, outputRoot)`: what a running machine remembers of its last wait. */
export function hashCheckpoint(core: Hex, outputRoot: Hex): Hex {
  return bytesToHex(hashParts(hexToBytes(core), hexToBytes(outputRoot)));
}
