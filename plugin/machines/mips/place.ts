/** Where a core has what is no general register: the twin of `Place.sol`. */
export const PC = 32;
/** What runs behind `PC`: the delay slot of a branch has its target here. */
export const NEXT = 33;
export const HIGH = 34;
export const LOW = 35;
/** The address that `ll` read last, plus 1; 0 if there is none. */
export const LINK = 36;

/** The register of return addresses. */
export const RETURN = 31;
export const CALL_NUMBER = 2;
export const FIRST_ARGUMENT = 4;
/** The number of the first call; Linux's have others. */
export const FIRST_CALL = 5000;

/** The call that the registers ask for; what is no call of this package is any other number. */
export function callNumber(registers: Int32Array): number {
  return (registers[CALL_NUMBER] - FIRST_CALL) >>> 0;
}
