import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, type Hex } from "../../hex.js";
import type { MachineHost, Program } from "../machine.js";
import { MerkleTree } from "../merkle.js";
import { RegionLibrary } from "../translate/library.js";
import { DecodedCode } from "./decodedCode.js";
import { GenesisError, MissingHandlerError, UnsupportedModuleError } from "./errors.js";
import { depthFor, initialMemory, initialTables, memoryDepth } from "./images.js";
import { encodeCode, STACK_DEPTH, STACK_SLOTS, type Instruction } from "./instruction.js";
import { instrument, type InstrumentedModule } from "./jit/instrument.js";
import type { FunctionLayout } from "./layout.js";
import { lowerModule, type LoweredModule } from "./lower.js";
import { showType } from "./module.js";
import { parseModule } from "./parse.js";
import { WasmCode } from "./translate.js";
import { WasmMachine } from "./wasmMachine.js";

/** The export that handles an input. */
export const HANDLER = "handle";

/**
 * Parses, checks and lowers a WebAssembly binary.
 * @param bytes The `.wasm` file.
 * @throws {InvalidModuleError} if it is no valid module.
 * @throws {UnsupportedInstructionError}, {UnsupportedModuleError} or {UnknownImportError} for what the machine does not have.
 * @throws {MissingHandlerError} if it does not export `handle()`.
 * @throws {GenesisError} if it cannot be brought to its first wait.
 */
export function loadWasmProgram(bytes: Uint8Array): WasmProgram {
  const lowered = lowerModule(parseModule(bytes));
  if (lowered.failure !== undefined) throw new GenesisError(lowered.failure.reason, lowered.failure.trap);
  const index = lowered.module.exports.functions.get(HANDLER);
  const layout = index === undefined ? undefined : lowered.layouts[index];
  if (layout === undefined) throw new MissingHandlerError("no such export");
  if (layout.parameters > 0 || layout.results > 0) throw new MissingHandlerError(`handle${showType(layout.type)}`);
  if (layout.frame > STACK_SLOTS) {
    throw new UnsupportedModuleError(`a handler that needs ${layout.frame} stack slots`, `use at most ${STACK_SLOTS}`);
  }
  return new WasmProgram(lowered, layout);
}

/** A WebAssembly module, lowered; what the machine's states have in common. */
export class WasmProgram implements Program {
  readonly machine = "wasm";
  readonly code: readonly Instruction[];
  readonly decoded: DecodedCode;
  readonly codeTree: MerkleTree;
  /** `codeDepth u8 | memoryDepth u8 | stackDepth u8 | tablesDepth u8 | entry u32 | zeros`, 32 bytes. */
  readonly parameters: Uint8Array;
  readonly hash: Hex;
  /** Bytes from the start of memory; zero behind them. */
  readonly memory: Uint8Array;
  readonly memoryDepth: number;
  readonly minimumPages: number;
  /** Globals and regions as they are at the start. */
  readonly tables: MerkleTree;
  /** What the translator knows of the code, and what it made of it for all machines. */
  readonly translated: WasmCode;
  readonly regions = new RegionLibrary();
  private knownInstrumented: InstrumentedModule | undefined;

  constructor(
    readonly lowered: LoweredModule,
    readonly handler: FunctionLayout,
  ) {
    this.code = lowered.code;
    this.decoded = new DecodedCode(this.code);
    this.translated = new WasmCode(lowered);
    this.codeTree = MerkleTree.of(depthFor(Math.ceil(this.code.length / 2)), encodeCode(this.code));
    this.memory = initialMemory(lowered);
    this.memoryDepth = memoryDepth(lowered.maximumPages);
    this.minimumPages = lowered.module.memory?.minimum ?? 0;
    this.tables = initialTables(lowered);
    this.parameters = new Uint8Array(32);
    this.parameters.set([this.codeTree.depth, this.memoryDepth, STACK_DEPTH, this.tables.depth]);
    new DataView(this.parameters.buffer).setUint32(4, handler.entry);
    this.hash = bytesToHex(keccak_256(concatBytes(this.codeTree.root(), this.parameters)));
  }

  /** What runs on V8. Made when it is first asked for. */
  get instrumented(): InstrumentedModule {
    this.knownInstrumented ??= instrument(this.lowered);
    return this.knownInstrumented;
  }

  /** Where the exported function of that name is, undefined if there is none. */
  exported(name: string): FunctionLayout | undefined {
    const index = this.lowered.module.exports.functions.get(name);
    return index === undefined ? undefined : this.lowered.layouts[index];
  }

  /** @throws {GenesisError} if the start function does not return. */
  start(host: MachineHost = {}): WasmMachine {
    const machine = new WasmMachine(this, host);
    const index = this.lowered.module.start;
    if (index === undefined) return machine;
    const end = machine.invokeFunction(this.lowered.layouts[index], [], START_LIMIT);
    if (end.kind === "returned") return machine;
    throw new GenesisError(
      `the start function ${end.kind === "trapped" ? `traps: ${end.cause}` : `runs for more than ${START_LIMIT} steps`}`,
    );
  }
}

/** Steps that a start function may take. */
const START_LIMIT = 2 ** 32;
