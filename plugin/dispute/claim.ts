import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, hexToBytes, type Hex } from "../hex.js";

/** Twin of `Claim`: what a claim says, whose hash is its id. */
export interface Claim {
  readonly assertion: Hex;
  /** The assertion's id at level 1, a claim's id below. */
  readonly opponent: Hex;
  readonly level: number;
  /** The index in the opponent's history up to which both agree; 0 at level 1. */
  readonly index: number;
  /** Of this history's index 0, counted from the assertion's first position. */
  readonly position: bigint;
  /** The state at index 0. */
  readonly start: Hex;
  /** Commits to the states at indices 1 to `2^width`. */
  readonly history: Hex;
}

/** Twin of `ClaimStatus`. */
export const CLAIM_STATUSES = ["none", "open", "standing", "countered", "settled", "refuted", "reclaimed"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** The numbers of a chain that shape its disputes. */
export interface DisputeShape {
  /** `A`. */
  readonly inputBits: number;
  /** `B`. */
  readonly stepBits: number;
  /** `w`. */
  readonly width: number;
}

/** How many levels a dispute has. */
export function levelsOf(shape: DisputeShape): number {
  return (shape.inputBits + shape.stepBits) / shape.width;
}

/** How many positions are between two neighbours in a history of `level`. */
export function strideOf(shape: DisputeShape, level: number): bigint {
  return 1n << BigInt(shape.inputBits + shape.stepBits - level * shape.width);
}

/** Where the state at `index` of a history is that begins at `position` on `level`. */
export function positionAt(shape: DisputeShape, level: number, position: bigint, index: number): bigint {
  return position + BigInt(index) * strideOf(shape, level);
}

/** The positions of a history's elements, indices 1 to `2^width`. */
export function elementPositions(shape: DisputeShape, level: number, position: bigint): bigint[] {
  return Array.from({ length: 2 ** shape.width }, (_, element) => positionAt(shape, level, position, element + 1));
}

/** Twin of a claim's id: `keccak256(abi.encode(claim))`. */
export function claimId(claim: Claim): Hex {
  const words: readonly (Hex | bigint | number)[] = [
    claim.assertion,
    claim.opponent,
    claim.level,
    claim.index,
    claim.position,
    claim.start,
    claim.history,
  ];
  const digits = words.map((word) => (typeof word === "string" ? word.slice(2) : word.toString(16)).padStart(64, "0"));
  return bytesToHex(keccak_256(hexToBytes(`0x${digits.join("")}`)));
}

/** The times that bound an answer, in seconds. */
export interface Clock {
  /** What one side has in all on a branch. */
  readonly bank: bigint;
  /** What every answer has at least. */
  readonly minResponse: bigint;
}

/** Until when a claim may be answered; `spent` is what the answering side had used on this branch before. */
export function deadlineOf(clock: Clock, createdAt: bigint, spent: bigint): bigint {
  const left = clock.bank > spent ? clock.bank - spent : 0n;
  return createdAt + (left > clock.minResponse ? left : clock.minResponse);
}
