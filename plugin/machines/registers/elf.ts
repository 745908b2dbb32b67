import { RollupError } from "../../errors.js";

/** What an ELF file must be for a machine to load it. */
export interface ElfTarget {
  /** For people, e.g. `riscv32`. */
  readonly name: string;
  /** `e_machine`. */
  readonly machine: number;
  readonly littleEndian: boolean;
}

/** Bytes to be put in memory, and zeros behind them. */
export interface ElfSegment {
  readonly address: number;
  readonly data: Uint8Array;
  /** In memory, at least the data's length. */
  readonly size: number;
}

export interface ElfImage {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
}

/** The file is no program that the machine can load. */
export class InvalidElfError extends RollupError {
  constructor(given: string, target: ElfTarget) {
    super("ELF_INVALID", "The file is no program that this machine can load.", {
      given,
      expected: `a statically linked 32-bit ELF executable for ${target.name}`,
    });
  }
}

const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const EXECUTABLE = 2;
const LOADED = 1;
const DYNAMIC = 2;
const INTERPRETER = 3;
const MEMORY_SIZE = 2 ** 32;

/** Whether a file claims to be ELF. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && String.fromCharCode(...bytes.subarray(1, 4)) === "ELF";
}

/**
 * Reads a statically linked executable.
 * @throws {InvalidElfError} `ELF_INVALID`.
 */
export function parseElf(bytes: Uint8Array, target: ElfTarget): ElfImage {
  const refuse = (given: string): never => {
    throw new InvalidElfError(given, target);
  };
  if (!isElf(bytes)) refuse("no ELF file");
  if (bytes.length < HEADER_SIZE) refuse(`a header of ${bytes.length} bytes`);
  if (bytes[4] !== 1) refuse("a file of another width than 32 bits");
  if (bytes[5] !== (target.littleEndian ? 1 : 2)) refuse("a file of the other byte order");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const half = (at: number): number => view.getUint16(at, target.littleEndian);
  const word = (at: number): number => view.getUint32(at, target.littleEndian);
  if (half(16) !== EXECUTABLE) refuse(`a file of type ${half(16)}, where executables are ${EXECUTABLE}`);
  if (half(18) !== target.machine) refuse(`a program for machine ${half(18)}`);
  const [entry, table, size, count] = [word(24), word(28), half(42), half(44)];
  if (size < PROGRAM_HEADER_SIZE || table + size * count > bytes.length) refuse("program headers past the file's end");
  const segments: ElfSegment[] = [];
  for (let at = table; at < table + size * count; at += size) {
    const kind = word(at);
    if (kind === DYNAMIC || kind === INTERPRETER) refuse("a dynamically linked program");
    if (kind !== LOADED) continue;
    const [offset, address, fileSize, memorySize] = [word(at + 4), word(at + 8), word(at + 16), word(at + 20)];
    if (offset + fileSize > bytes.length) refuse("a segment past the file's end");
    if (fileSize > memorySize) refuse("a segment that is longer in the file than in memory");
    if (address + memorySize > MEMORY_SIZE) refuse("a segment past the end of memory");
    segments.push({ address, data: bytes.subarray(offset, offset + fileSize), size: memorySize });
  }
  if (segments.length === 0) refuse("a program of no segments");
  const overlap = overlapOf(segments);
  if (overlap !== undefined) refuse(`segments that overlap at 0x${overlap.toString(16)}`);
  return { entry, segments };
}

/** An address that two segments have: what is there would depend on the order in which they are loaded, zeros included. */
function overlapOf(segments: readonly ElfSegment[]): number | undefined {
  const filled = segments.filter(({ size }) => size > 0).sort((a, b) => a.address - b.address);
  return filled.find(({ address }, index) => index > 0 && address < endOf(filled[index - 1]))?.address;
}

function endOf({ address, size }: ElfSegment): number {
  return address + size;
}
