import type { RunnerFactory } from "./conformance/runner.js";
import type { Program } from "./machines/machine.js";

/** What of a machine differs from others, for all that is not the machine itself. */
interface MachineParts {
  /** Its contract, a path below `contracts/`; it is constructed with a `PreimageStore`'s address. */
  readonly contract: string;
  /** What makes a program of a built guest. It throws a `RollupError` for what the machine cannot run. */
  load(): Promise<(guest: Uint8Array) => Program>;
  /** What runs the conformance tests of its kind. */
  conformance(): Promise<RunnerFactory>;
}

const TABLE = {
  wasm: {
    contract: "machines/wasm/WasmMachine.sol",
    load: async () => (await import("./machines/wasm/program.js")).loadWasmProgram,
    conformance: async () => (await import("./conformance/wasm/wasmRunner.js")).createWasmRunner,
  },
  riscv: {
    contract: "machines/riscv/RiscvMachine.sol",
    load: async () => (await import("./machines/riscv/program.js")).loadRiscvProgram,
    conformance: async () => (await import("./conformance/riscv/riscvRunner.js")).createRiscvRunner,
  },
  mips: {
    contract: "machines/mips/MipsMachine.sol",
    load: async () => (await import("./machines/mips/program.js")).loadMipsProgram,
    conformance: async () => (await import("./conformance/mips/mipsRunner.js")).createMipsRunner,
  },
} as const satisfies Readonly<Record<string, MachineParts>>;

export type MachineName = keyof typeof TABLE;

/** Every machine, by the name that configurations and commands use. A machine is added by an entry. */
export const MACHINES: Readonly<Record<MachineName, MachineParts>> = TABLE;

export const MACHINE_NAMES = Object.keys(TABLE) as readonly MachineName[];

/** Machines that are designed, but not built yet. */
export const PLANNED_MACHINES: readonly string[] = [];

export const DEFAULT_MACHINE: MachineName = "wasm";

export function isMachineName(name: string): name is MachineName {
  return Object.hasOwn(TABLE, name);
}
