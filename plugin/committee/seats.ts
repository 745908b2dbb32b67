import type { Hex } from "../hex.js";
import { unpackKey } from "./bls.js";

/** Bytes of a packed key, and of a member's address. */
const KEY = 192;
const MEMBER = 20;
/** A data contract's code begins with a byte that stops whoever calls it. */
const STOP = 1;

/** Who has one seat of an epoch. */
export interface Seat {
  readonly seat: number;
  readonly member: Hex;
  /** 256 bytes. */
  readonly key: Hex;
}

/** The reverse of `Seats.write`: what the code of an epoch's data contract says; no seats if there is no such contract. */
export function readSeats(code: Hex): Seat[] {
  const bytes = (offset: number, length: number): string => code.slice(2 + 2 * offset, 2 + 2 * (offset + length));
  const count = Math.max(0, Math.floor((code.length / 2 - 1 - STOP - KEY) / (KEY + MEMBER)));
  return Array.from({ length: count }, (_, seat) => {
    const offset = STOP + KEY + (KEY + MEMBER) * seat;
    return { seat, key: unpackKey(`0x${bytes(offset, KEY)}`), member: `0x${bytes(offset + KEY, MEMBER)}` };
  });
}
