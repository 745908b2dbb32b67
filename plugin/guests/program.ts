import type { GuestConfig } from "../config/types.js";
import type { Program } from "../machines/machine.js";
import { loadWasmProgram } from "../machines/wasm/program.js";
import { buildGuest } from "./build.js";

/**
 * Builds a guest and lowers it to the machine's instructions.
 * @param fromSource Compile it even where a compiled file lies beside the source.
 * @throws {RollupError} If there is no such guest, it does not compile, or uses an instruction that the machine does not have.
 */
export async function loadProgram(guest: GuestConfig, fromSource = false): Promise<Program> {
  return loadWasmProgram(await buildGuest(guest.path, { fromSource }));
}
