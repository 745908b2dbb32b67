import type { ChainConfig } from "../config/types.js";
import { MACHINES } from "../machineTable.js";
import type { Program } from "../machines/machine.js";
import { buildGuest } from "./build.js";

/**
 * Builds a chain's guest and makes a program of it, for the chain's machine.
 * @param fromSource Compile it even where a compiled file lies beside the source.
 * @throws {RollupError} If there is no such guest, it does not compile, or uses an instruction that the machine does not have.
 */
export async function loadProgram(
  { machine, guest }: Pick<ChainConfig, "machine" | "guest">,
  fromSource = false,
): Promise<Program> {
  const load = await MACHINES[machine].load();
  return load(await buildGuest(guest.path, { fromSource, machine }));
}
