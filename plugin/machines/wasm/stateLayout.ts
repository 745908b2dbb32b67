import type { Held } from "../translate/frontEnd.js";
import { MEMORY_BYTES, STATE } from "../translate/layout.js";

/** Where the stack, and then globals and regions, are in the second memory of translated code. */
export const STACK = 0x400000;
export const TABLES = MEMORY_BYTES;

/** What translated code holds besides slots, as registers below 0: bytes of the stack below the frame, as they are and as they will be. */
export const FRAME = -1;
export const NEXT_FRAME = -2;
/** Slots of the stack that may not be zero end here. */
export const USED = -3;
/** Bytes of memory, of 64 bits, and its pages. */
export const SIZE = -4;
export const PAGES = -5;

export const PLACES: Readonly<Record<number, Held>> = {
  [FRAME]: { address: STATE, wide: false },
  [NEXT_FRAME]: { address: STATE, wide: false },
  [USED]: { address: STATE + 4, wide: false },
  [SIZE]: { address: STATE + 8, wide: true },
  [PAGES]: { address: STATE + 16, wide: false },
};
