import type { Input, InputHeader } from "../input.js";
import type { Hex } from "../hex.js";
import type { SnapshotImage } from "./snapshotImage.js";

/** What a machine is between two steps; the twin of `MachineState` in Solidity. */
export interface MachineState {
  /** Commits to the machine's own registers and memory roots. */
  readonly core: Hex;
  /** `keccak256(core, outputRoot)` when the current input was delivered; zero while waiting. */
  readonly checkpoint: Hex;
  readonly outputRoot: Hex;
  /** A hash chain over the inputs that changed nothing: `keccak256(rejections, inputHash)` for each. */
  readonly rejections: Hex;
  readonly inputCount: bigint;
  /** The step at which a running machine is stopped; 0 means that the machine waits. */
  readonly deadline: bigint;
}

/** What a guest reported with `log` while it handled an input. */
export interface GuestLog {
  readonly inputNumber: bigint;
  readonly data: Uint8Array;
}

/** What a machine may read besides its own state. */
export interface MachineHost {
  /** The preimage of `hash` if it was published on L1 in a block before `beforeBlock`. */
  preimage?(hash: Hex, beforeBlock: bigint): Uint8Array | undefined;
  log?(log: GuestLog): void;
}

/** How an input ended. */
export type InputOutcome = "returned" | "trapped" | "rejected" | "out-of-budget";

/** An opaque copy of a machine's whole state; cheap, since pages are shared until written. */
export type Snapshot = { readonly brand: "snapshot" };

/** What the next step is, for people: shown by `rollup:diagnose`. */
export interface StepDescription {
  /** "deliver", "wait", "restore", or the instruction as text, e.g. `i32.add [5], [6]`. */
  readonly text: string;
  /** Class of the instruction for statistics and tests: "deliver", "i32.add", "i64.load", "host.keccak256", ... */
  readonly kind: string;
  /** Named registers and touched words, e.g. `pc`, `fp`, `[5]`, `memory[0x40]`. */
  readonly values: Readonly<Record<string, string>>;
}

/** A program: what a guest was lowered to. Pure data; `start()` makes machines of it. */
export interface Program {
  /** "wasm", "riscv" or "mips". */
  readonly machine: string;
  /** `StepContext.program`. */
  readonly hash: Hex;
  /** A new machine at its first wait, with no input taken. */
  start(host?: MachineHost): Machine;
}

/** A machine with a program in some state. It changes in place; `snapshot` and `restore` go back. */
export interface Machine {
  readonly program: Program;
  state(): MachineState;
  stateHash(): Hex;
  /** True when no input is being handled. */
  readonly waiting: boolean;
  /** The next step within the current input's window; 0 while waiting. */
  readonly step: number;
  /** How the last input ended, undefined before the first. */
  readonly outcome: InputOutcome | undefined;
  /** Step 0 of a window: takes the input. Throws if the machine runs. The caller sees to the order of inputs. */
  deliver(input: Input): void;
  /**
   * Executes up to `steps` steps, fewer if the machine comes to wait. Restores count as steps. Returns how many.
   * @param milliseconds After so many it stops, too, if it is where steps take long: at least one is done.
   */
  run(steps: number, milliseconds?: number): number;
  /**
   * Executes an input that was just delivered to its end, by other means than step by step. Returns how many steps it took, as `run` would;
   * undefined where that cannot be done, and nothing has changed then. A machine without it has only `run`.
   */
  runWhole?(): number | undefined;
  /**
   * As `runWhole`, but `turn` is called ever so often and awaited, so that nothing else has to wait for the end; until then the machine must be
   * left alone. Also undefined for what would take long without a `turn`.
   */
  runWholeInTurns?(turn: () => Promise<void>): Promise<number | undefined>;
  /**
   * The witness for the next step: delivery of `next` if the machine waits and `next` is given, else the instruction.
   * Does not change the machine.
   * @throws {ProofNeeded} If an input's proof has to be computed first.
   */
  witness(next?: Input): Uint8Array;
  /** Describes the next step (delivery of `next` if the machine waits and `next` is given). */
  describe(next?: Input): StepDescription;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /**
   * What a snapshot is made of, so that it can be written down. A machine without it begins at genesis after every restart.
   * @throws {RollupError} `SNAPSHOT_INVALID` if it was not taken while the machine waited.
   */
  imageOf?(snapshot: Snapshot): SnapshotImage;
  /**
   * The snapshot that an image is of; whoever has read it from somewhere restores it and compares the state's hash.
   * @throws {RollupError} `SNAPSHOT_INVALID` if it is of another machine or program.
   */
  snapshotOf?(image: SnapshotImage): Snapshot;
}

export type { Input, InputHeader };
