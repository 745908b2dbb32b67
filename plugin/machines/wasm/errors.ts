import { RollupError } from "../../errors.js";
import { FEATURES, type Feature } from "./features.js";
import type { TrapCause } from "../traps.js";

/** The bytes are no valid WebAssembly module. */
export class InvalidModuleError extends RollupError {
  constructor(reason: string, cause?: Error) {
    super("WASM_INVALID", "The guest is not a valid WebAssembly module.", { reason }, cause);
  }
}

/** The module uses an instruction that the machine does not have. */
export class UnsupportedInstructionError extends RollupError {
  constructor(
    /** Its name in the text format. */
    public readonly instruction: string,
    /** Of its opcode from the start of the file, in bytes. */
    public readonly offset: number,
    /** What of WebAssembly it belongs to. */
    public readonly feature: Feature,
  ) {
    const { name, remedy } = FEATURES[feature];
    super(
      "WASM_INSTRUCTION_UNSUPPORTED",
      `The machine has no ${instruction} (at offset 0x${offset.toString(16)} of the module).`,
      { instruction, offset, feature: name, do: remedy },
    );
  }
}

/** The module has a part, other than an instruction, that the machine does not have. */
export class UnsupportedModuleError extends RollupError {
  constructor(
    public readonly part: string,
    remedy: string,
    /** What of WebAssembly it belongs to, undefined if it is a limit of the machine. */
    public readonly feature?: Feature,
  ) {
    super("WASM_MODULE_UNSUPPORTED", `The machine cannot run a module with ${part}.`, { do: remedy });
  }

  /**
   * For a part that a feature of WebAssembly brings.
   * @param offset Of the part from the start of the file, in bytes.
   */
  static of(part: string, feature: Feature, offset: number): UnsupportedModuleError {
    const placed = `${part} (at offset 0x${offset.toString(16)})`;
    return new UnsupportedModuleError(placed, FEATURES[feature].remedy, feature);
  }
}

/** The module imports what the machine does not offer. */
export class UnknownImportError extends RollupError {
  constructor(
    /** As text, e.g. `env.abort(i32, i32, i32, i32)`. */
    public readonly given: string,
    expected: readonly string[],
  ) {
    super("WASM_IMPORT_UNKNOWN", `The machine offers no import ${given}.`, {
      given,
      expected: `one of ${expected.join("; ")}`,
    });
  }
}

/** What a module imports is not there, or is something else. */
export class UnlinkableError extends RollupError {
  constructor(
    public readonly reason: "unknown import" | "incompatible import type",
    module: string,
    name: string,
  ) {
    super("WASM_UNLINKABLE", `The module cannot be linked: ${reason} ${module}.${name}.`);
  }
}

/** The module does not export `handle()`. */
export class MissingHandlerError extends RollupError {
  constructor(given: string) {
    super("WASM_HANDLER_MISSING", "A guest must export a function handle() without parameters or results.", {
      given,
      expected: "handle()",
    });
  }
}

/** The module cannot be brought to its first wait. */
export class GenesisError extends RollupError {
  constructor(
    reason: string,
    /** Why its instantiation traps, where it does. */
    public readonly trap?: TrapCause,
  ) {
    super("WASM_GENESIS_FAILED", "The guest cannot be brought to its first wait.", { reason });
  }
}
