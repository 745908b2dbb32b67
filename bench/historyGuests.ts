import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import binaryen from "binaryen";

import type { Program } from "../plugin/machines/machine.js";
import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import { COMPUTING_GUESTS } from "./computingGuests.js";

/** Guests of `bench:machine` whose handler does their work again and again, for as many steps as an input may take. */
export function endlessGuests(): { name: string; program: Program }[] {
  return COMPUTING_GUESTS.map(({ name, work }) => ({ name, program: endless(name, work) }));
}

function endless(name: string, work: number): Program {
  const path = fileURLToPath(new URL(`./guests/${name}.wasm`, import.meta.url));
  const module = binaryen.readBinary(readFileSync(path));
  const { i32, none } = binaryen;
  const run = binaryen.getExportInfo(module.getExport("run")).value;
  const again = module.block(null, [module.drop(module.call(run, [module.i32.const(work)], i32)), module.br("again")]);
  module.removeExport("handle");
  module.addFunction("endless", none, none, [], module.loop("again", again));
  module.addFunctionExport("endless", "handle");
  try {
    return loadWasmProgram(module.emitBinary());
  } finally {
    module.dispose();
  }
}
