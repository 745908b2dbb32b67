import { FIRST_ARGUMENT, CALL_NUMBER, NEXT, PC } from "../../machines/mips/place.js";
import type { RegisterMachine } from "../../machines/registers/registerMachine.js";

/** Linux's calls that tests make. */
const [FCNTL, BRK, MMAP, CLONE] = [4055, 4045, 4090, 4120];
/** The register that says whether a call failed. */
const FAILED = 7;
const BAD_FILE = 9;
const READS_FLAGS = 3;
const PAGE = 4096;
const BREAK = 0x40000000;

/**
 * What tests find around the machine: some of Linux's calls, of which the machine has none and traps; here they are answered as on a system
 * that does nothing, as firmware would.
 */
export class Environment {
  private heap = 0x20000000;

  /** Answers the call at which the machine trapped, if it is one of these. */
  emulate({ registers }: RegisterMachine): boolean {
    const [first, second] = [registers[FIRST_ARGUMENT], registers[FIRST_ARGUMENT + 1]];
    const answer = this.answer(registers[CALL_NUMBER], first, second);
    if (answer === undefined) return false;
    registers[FAILED] = answer < 0 ? 1 : 0;
    registers[CALL_NUMBER] = Math.abs(answer);
    registers[PC] = registers[NEXT];
    registers[NEXT] += 4;
    return true;
  }

  /** A negative one is an error. */
  private answer(call: number, first: number, second: number): number | undefined {
    switch (call) {
      case BRK:
        return BREAK;
      case CLONE:
        return 1;
      case MMAP:
        return this.map(first, second);
      case FCNTL:
        if (second !== READS_FLAGS || first < 0 || first > 2) return -BAD_FILE;
        // Standard input is there to be read, outputs to be written.
        return first === 0 ? 0 : 1;
      default:
        return undefined;
    }
  }

  private map(address: number, size: number): number {
    if (address !== 0) return address >>> 0;
    const place = this.heap;
    this.heap += Math.ceil((size >>> 0) / PAGE) * PAGE;
    return place;
  }
}
