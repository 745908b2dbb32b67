import { RollupError } from "../../errors.js";
import { parseElf, type ElfImage, type ElfTarget } from "../registers/elf.js";
import { RegisterProgram } from "../registers/registerProgram.js";
import { RiscvMachine } from "./riscvMachine.js";
import { PC } from "./stepper.js";

const TARGET: ElfTarget = { name: "riscv32", machine: 243, littleEndian: true };

/** An instruction could not be where the program begins. */
export class MisalignedEntryError extends RollupError {
  constructor(entry: number) {
    super("ELF_ENTRY_MISALIGNED", "The program's entry is no address of an instruction.", {
      given: `0x${entry.toString(16)}`,
      expected: "a multiple of 4",
    });
  }
}

/**
 * Loads a statically linked RV32IM executable.
 * @param bytes The ELF file.
 * @throws {InvalidElfError} `ELF_INVALID`, {MisalignedEntryError} `ELF_ENTRY_MISALIGNED`.
 */
export function loadRiscvProgram(bytes: Uint8Array): RegisterProgram {
  return riscvProgram(parseElf(bytes, TARGET));
}

/** A program of what is to be in memory. @throws {MisalignedEntryError} `ELF_ENTRY_MISALIGNED`. */
export function riscvProgram(image: ElfImage): RegisterProgram {
  if (image.entry % 4 !== 0) throw new MisalignedEntryError(image.entry);
  return new RegisterProgram("riscv", image, { [PC]: 0 }, (program, host) => new RiscvMachine(program, host));
}
