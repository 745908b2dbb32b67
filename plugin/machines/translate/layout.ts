/** Where things are in the second memory of translated code. The first is the guest's. */

/** What regions hold in locals while they run. */
export const STATE = 0;
/** Steps that are left; 0 or less says that the region has stopped for want of them. */
export const FUEL = 0x1000;
/** Four times the place where to go on. */
export const PLACE = 0x1004;
/** Not 0: the stepper must do what is there. */
export const STOPPED = 0x1008;

/** By page of 4 KiB: 0 if it can be written to. */
export const GUARDS = 0x100000;
/** What `find` looks in: `place * 4 + 1 | function << ENTRY_BITS | entry`, 8 bytes each. */
export const ENTRIES = 0x200000;
export const ENTRY_COUNT = 2 ** 16;
/** Bits of an entry's number within its function. */
export const ENTRY_BITS = 10;

/** By word of memory a bit: whether it is code that something is kept of. Only of 4 GiB of bytes. */
export const CODE_BITS = 0x8000000;

/** What all machines have of it; some put more behind that. */
export const MEMORY_BYTES = 0x10000000;
