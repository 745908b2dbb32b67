import binaryen from "binaryen";

/**
 * Of a linked library of pure functions, drops what the linker adds to them (memory, stack pointer, sections of tools) and what
 * clang leaves to be saved. Each function stays for itself: the two that trap are equal, and told by their names.
 */
export function functionsOnly(linked: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(linked);
  module.setFeatures(binaryen.Features.MVP);
  for (const { kind, name } of WebAssembly.Module.exports(new WebAssembly.Module(linked))) {
    if (kind !== "function" || name === "__wasm_call_ctors") module.removeExport(name);
  }
  binaryen.setOptimizeLevel(4);
  binaryen.setShrinkLevel(0);
  for (let index = 0; index < module.getNumFunctions(); index++) {
    module.optimizeFunction(module.getFunctionByIndex(index));
  }
  module.runPasses(["remove-unused-module-elements", "strip-target-features", "strip-producers"]);
  const binary = module.emitBinary();
  module.dispose();
  return binary;
}
