import { FIRST_ARGUMENT, CALL_NUMBER, NEXT, PC } from "../../machines/mips/place.js";
import type { PagedMemory } from "../../machines/registers/pagedMemory.js";
import type { RegisterMachine } from "../../machines/registers/registerMachine.js";
import { PreimageChannel } from "./preimageChannel.js";

/** Linux's calls that tests make. */
const [READ, WRITE, FCNTL, BRK, MMAP, CLONE] = [4003, 4004, 4055, 4045, 4090, 4120];
/** Files that are open: the standard ones, and those of Cannon's host for hints and preimages. */
const [INPUT, OUTPUT, ERRORS, HINT_READ, HINT_WRITE, PREIMAGE_READ, PREIMAGE_WRITE] = [0, 1, 2, 3, 4, 5, 6];
/** The register that says whether a call failed. */
const FAILED = 7;
const BAD_FILE = 9;
const READS_FLAGS = 3;
const PAGE = 4096;
const BREAK = 0x40000000;

/**
 * What tests find around the machine: some of Linux's calls, of which the machine has none and traps; here they are answered as on a system
 * that does nothing but look preimages up, as firmware would.
 */
export class Environment {
  private heap = 0x20000000;
  private readonly preimages = new PreimageChannel();

  /** Answers the call at which the machine trapped, if it is one of these. */
  emulate({ registers, memory }: RegisterMachine): boolean {
    const [first, second, third] = registers.subarray(FIRST_ARGUMENT);
    const answer = this.answer(memory, registers[CALL_NUMBER], first, second, third);
    if (answer === undefined) return false;
    registers[FAILED] = answer < 0 ? 1 : 0;
    registers[CALL_NUMBER] = Math.abs(answer);
    registers[PC] = registers[NEXT];
    registers[NEXT] += 4;
    return true;
  }

  /** A negative one is an error. */
  private answer(memory: PagedMemory, call: number, first: number, second: number, third: number): number | undefined {
    switch (call) {
      case READ:
        return this.read(memory, first, second >>> 0, third);
      case WRITE:
        return this.write(memory, first, second >>> 0, third);
      case BRK:
        return BREAK;
      case CLONE:
        return 1;
      case MMAP:
        return this.map(first, second);
      case FCNTL:
        if (second !== READS_FLAGS || first < INPUT || first > ERRORS) return -BAD_FILE;
        // Standard input is there to be read, outputs to be written.
        return first === INPUT ? 0 : 1;
      default:
        return undefined;
    }
  }

  private read(memory: PagedMemory, file: number, address: number, size: number): number | undefined {
    if (file === PREIMAGE_READ) return this.preimages.read(memory, address, size);
    if (file === HINT_READ) return size;
    return file === INPUT ? 0 : -BAD_FILE;
  }

  private write(memory: PagedMemory, file: number, address: number, size: number): number {
    if (file === PREIMAGE_WRITE) return this.preimages.write(memory, address, size);
    return [OUTPUT, ERRORS, HINT_WRITE].includes(file) ? size : -BAD_FILE;
  }

  private map(address: number, size: number): number {
    if (address !== 0) return address >>> 0;
    const place = this.heap;
    this.heap += Math.ceil((size >>> 0) / PAGE) * PAGE;
    return place;
  }
}
