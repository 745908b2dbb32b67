import { PlannedError, RollupError } from "../errors.js";
import type { ConformanceMachine } from "./runner.js";

/** The machines whose conformance can be tested; a machine is added by a line. */
const MACHINES: Readonly<Record<string, ConformanceMachine>> = {
  wasm: {
    contract: "machines/wasm/WasmMachine.sol",
    load: async () => (await import("./wasm/wasmRunner.js")).createWasmRunner,
  },
};

const PLANNED = ["mips", "riscv"];

/** @throws {RollupError} `PART_PLANNED` or `ARGUMENT_INVALID` unless there is a machine of that name. */
export function conformanceMachine(name: string): ConformanceMachine {
  if (Object.hasOwn(MACHINES, name)) return MACHINES[name];
  const expected = Object.keys(MACHINES).join(", ");
  if (PLANNED.includes(name)) throw new PlannedError("--machine", `machine ${name}`, `use one of: ${expected}`);
  throw new RollupError("ARGUMENT_INVALID", "--machine names no machine.", { given: name, expected });
}
