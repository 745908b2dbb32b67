import { RollupError } from "../../errors.js";
import { parseElf, type ElfImage, type ElfTarget } from "../registers/elf.js";
import { RegisterProgram } from "../registers/registerProgram.js";
import { MipsMachine } from "./mipsMachine.js";
import { NEXT, PC } from "./place.js";

const TARGET: ElfTarget = { name: "big-endian mips", machine: 8, littleEndian: false };

/** An instruction could not be where the program begins. */
export class MipsEntryError extends RollupError {
  constructor(entry: number) {
    super("ELF_ENTRY_MISALIGNED", "The program's entry is no address of an instruction.", {
      given: `0x${entry.toString(16)}`,
      expected: "a multiple of 4",
    });
  }
}

/**
 * Loads a statically linked MIPS32 executable.
 * @param bytes The ELF file.
 * @throws {InvalidElfError} `ELF_INVALID`, {MipsEntryError} `ELF_ENTRY_MISALIGNED`.
 */
export function loadMipsProgram(bytes: Uint8Array): RegisterProgram {
  return mipsProgram(parseElf(bytes, TARGET));
}

/** A program of what is to be in memory. @throws {MipsEntryError} `ELF_ENTRY_MISALIGNED`. */
export function mipsProgram(image: ElfImage): RegisterProgram {
  if (image.entry % 4 !== 0) throw new MipsEntryError(image.entry);
  return new RegisterProgram("mips", image, { [PC]: 0, [NEXT]: 4 }, (program, host) => new MipsMachine(program, host));
}
