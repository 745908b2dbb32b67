import type { ElfSegment } from "../../../plugin/machines/registers/elf.js";

/** What of an ELF file tests want otherwise than usual. */
export interface ElfParts {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly machine?: number;
  readonly littleEndian?: boolean;
  readonly type?: number;
  /** Of the segments. */
  readonly kind?: number;
}

const HEADER = 52;
const PROGRAM_HEADER = 32;
const READ_WRITE_EXECUTE = 7;
/** Kernels map whole pages of files. */
const PAGE = 4096;

/** The bytes of an ELF32 executable; RISC-V's, if nothing else is said. */
export function elfFile(parts: ElfParts): Uint8Array {
  const { entry, segments, machine = 243, littleEndian = true, type = 2, kind = 1 } = parts;
  const offsets: number[] = [];
  let end = HEADER + PROGRAM_HEADER * segments.length;
  for (const { address, data } of segments) {
    end += (((address - end) % PAGE) + PAGE) % PAGE;
    offsets.push(end);
    end += data.length;
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  const half = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const word = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, littleEndian ? 1 : 2, 1]);
  [type, machine].forEach((value, index) => half(16 + 2 * index, value));
  [1, entry, HEADER, 0, 0].forEach((value, index) => word(20 + 4 * index, value));
  [HEADER, PROGRAM_HEADER, segments.length, 40, 0, 0].forEach((value, index) => half(40 + 2 * index, value));
  segments.forEach(({ address, data, size }, index) => {
    const fields = [kind, offsets[index], address, address, data.length, size, READ_WRITE_EXECUTE, PAGE];
    fields.forEach((value, field) => word(HEADER + PROGRAM_HEADER * index + 4 * field, value));
    bytes.set(data, offsets[index]);
  });
  return bytes;
}
