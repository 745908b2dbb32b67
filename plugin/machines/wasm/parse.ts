import { InvalidModuleError, UnsupportedInstructionError, UnsupportedModuleError } from "./errors.js";
import type { WasmModule } from "./module.js";
import { Reader } from "./reader.js";
import { SectionReader } from "./sections.js";

/** `\0asm`, then the version. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * Parses a module: WebAssembly 2.0 without vectors, and extended constant expressions. V8 validates it; what it would take beyond
 * that is refused here, and what it would not take of a known feature is refused by that feature's name.
 * @throws {InvalidModuleError} with the engine's words, or ours where the engine takes what is not in WebAssembly 2.0.
 * @throws {UnsupportedModuleError} or {UnsupportedInstructionError} for what the machine does not have.
 */
export function parseModule(bytes: Uint8Array): WasmModule {
  const parsed = tryToParse(bytes);
  if (parsed instanceof UnsupportedInstructionError || parsed instanceof UnsupportedModuleError) throw parsed;
  validate(bytes);
  if (parsed instanceof InvalidModuleError) throw parsed;
  return parsed;
}

type Failure = InvalidModuleError | UnsupportedInstructionError | UnsupportedModuleError;

function tryToParse(bytes: Uint8Array): WasmModule | Failure {
  try {
    return parseSections(bytes);
  } catch (error) {
    const isOurs =
      error instanceof InvalidModuleError ||
      error instanceof UnsupportedInstructionError ||
      error instanceof UnsupportedModuleError;
    if (isOurs) return error;
    throw error;
  }
}

function validate(bytes: Uint8Array): void {
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    const cause = error instanceof Error ? error : undefined;
    throw new InvalidModuleError(cause?.message ?? String(error), cause);
  }
}

function parseSections(bytes: Uint8Array): WasmModule {
  if (HEADER.some((byte, index) => bytes[index] !== byte)) throw new InvalidModuleError("no module of version 1");
  const sections = new SectionReader();
  const reader = new Reader(bytes, HEADER.length);
  while (!reader.done) {
    const [offset, id, size] = [reader.offset, reader.byte(), reader.u32()];
    sections.read(id, offset, new Reader(bytes, reader.offset, Math.min(reader.offset + size, bytes.length)));
    reader.offset += size;
  }
  return sections.module;
}
