import { ZERO_WORD, type Hex } from "../hex.js";
import { hashInputHeader, type Input } from "../input.js";
import { Checkpoint } from "./checkpoint.js";
import { MachineRunsError } from "./errors.js";
import { Exit, type StepperResult } from "./exit.js";
import type { HostContext } from "./host.js";
import type {
  InputOutcome,
  Machine,
  MachineHost,
  MachineState,
  Program,
  Snapshot,
  StepDescription,
} from "./machine.js";
import { proveRestore, type ProofContext } from "./proof.js";
import { badImage, type SnapshotImage } from "./snapshotImage.js";
import { hashMachineState, hashRejection } from "./state.js";
import { Trap, TRAP_CAUSES, type TrapCause } from "./traps.js";

/** Steppers count in 32 bits. */
export const CHUNK = 2 ** 30;

/** A machine's fields besides what instructions work on. */
interface Status<Core> {
  readonly outputRoot: Hex;
  readonly rejections: Hex;
  readonly inputCount: bigint;
  readonly deadline: bigint;
  readonly step: number;
  readonly input: Input | undefined;
  readonly checkpoint: Checkpoint<Core> | undefined;
  readonly outcome: InputOutcome | undefined;
  readonly trapCause: TrapCause | undefined;
}

/** What a machine's core is made of. */
export type CoreImage = Pick<SnapshotImage, "registers" | "trees">;

/** Before the first input. */
const WAITING = {
  outputRoot: ZERO_WORD,
  rejections: ZERO_WORD,
  inputCount: 0n,
  deadline: 0n,
  step: 0,
  input: undefined,
  checkpoint: undefined,
  outcome: undefined,
  trapCause: undefined,
} satisfies Status<unknown>;

/** What `snapshot` gives, behind its brand. */
class GuestSnapshot<Core> {
  readonly brand = "snapshot";
  constructor(
    readonly program: Program,
    readonly core: Core,
    readonly status: Status<Core>,
  ) {}
}

/**
 * The meta-step that rules every machine: the off-chain half of `contracts/machines/Machine.sol`. `Core` is what instructions work on, as a
 * value that never changes and shares what it has in common with others.
 */
export abstract class GuestMachine<Core> implements Machine {
  abstract readonly program: Program;
  /** How the stepper stopped. */
  protected readonly result: StepperResult = { exit: Exit.steps, trap: Trap.none };
  /** One for all host calls, of which there may be many thousands. */
  protected readonly hostContext: HostContext;
  private status: Status<Core> = WAITING;

  protected constructor(protected readonly host: MachineHost) {
    this.hostContext = this.makeHostContext();
  }

  get waiting(): boolean {
    return this.status.deadline === 0n;
  }

  get step(): number {
    return this.status.step;
  }

  get outcome(): InputOutcome | undefined {
    return this.status.outcome;
  }

  /** Why the last input trapped, undefined if it did not. */
  get trapCause(): TrapCause | undefined {
    return this.status.trapCause;
  }

  /** The input that is being handled. */
  get input(): Input | undefined {
    return this.status.input;
  }

  /** What the machine goes back to if the current input fails, undefined while it waits. */
  get checkpoint(): Checkpoint<Core> | undefined {
    return this.status.checkpoint;
  }

  /** Whether the next step restores the checkpoint because the budget is used up. */
  get overdue(): boolean {
    return !this.waiting && BigInt(this.status.step) >= this.status.deadline;
  }

  state(): MachineState {
    const { outputRoot, rejections, inputCount, deadline, checkpoint } = this.status;
    const core = this.hashCore(this.shareCore());
    return { core, checkpoint: checkpoint?.hash ?? ZERO_WORD, outputRoot, rejections, inputCount, deadline };
  }

  stateHash(): Hex {
    return hashMachineState(this.state());
  }

  /** @throws {MachineRunsError} if an input is being handled. */
  deliver(input: Input): void {
    this.requireWaiting();
    const { inputCount, outputRoot } = this.status;
    this.change({
      checkpoint: new Checkpoint(this.shareCore(), outputRoot, (core) => this.hashCore(core)),
      inputCount: inputCount + 1n,
      deadline: input.header.budget,
      step: 1,
      input,
      outcome: undefined,
      trapCause: undefined,
    });
    this.enterHandler();
  }

  run(steps: number, milliseconds = Infinity): number {
    const start = performance.now();
    let done = 0;
    while (done < steps && !this.waiting) {
      if (done > 0 && performance.now() - start > milliseconds) return done;
      const room = this.room;
      if (room <= 0) {
        this.revert("out-of-budget");
        return done + 1;
      }
      const count = this.execute(Math.min(steps - done, room, CHUNK));
      done += count;
      this.change({ step: this.status.step + count });
      if (this.result.exit === Exit.trapped) this.revertTrapped(this.result.trap);
      else if (this.result.exit === Exit.returned) this.conclude();
    }
    return done;
  }

  witness(next?: Input): Uint8Array {
    if (this.waiting) return next === undefined ? new Uint8Array() : this.proveDelivery(this.shareCore(), next);
    const checkpoint = this.status.checkpoint!.preimage;
    if (this.overdue) return proveRestore(checkpoint);
    return this.proveInstruction(this.shareCore(), { host: this.host, input: this.status.input!, checkpoint });
  }

  describe(next?: Input): StepDescription {
    const values = this.describeRegisters();
    if (this.overdue) return { text: "restore: the budget is used up", kind: "restore", values };
    if (!this.waiting) return this.describeInstruction(values);
    if (next === undefined) return { text: "wait", kind: "wait", values };
    const { number, kind, length } = next.header;
    return { text: `deliver input ${number} (${kind}, ${length} bytes)`, kind: "deliver", values };
  }

  snapshot(): Snapshot {
    return new GuestSnapshot(this.program, this.shareCore(), this.status);
  }

  restore(snapshot: Snapshot): void {
    const { core, status } = this.requireOwn(snapshot);
    this.restoreCore(core);
    this.status = status;
  }

  imageOf(snapshot: Snapshot): SnapshotImage {
    const { core, status } = this.requireOwn(snapshot);
    if (status.deadline !== 0n) throw badImage("it was taken while an input was handled");
    const { outputRoot, rejections, inputCount, outcome } = status;
    return { outputRoot, rejections, inputCount, outcome, ...this.coreImage(core) };
  }

  snapshotOf({ registers, trees, ...status }: SnapshotImage): Snapshot {
    const core = this.coreOf({ registers, trees });
    return new GuestSnapshot(this.program, core, { ...WAITING, ...status });
  }

  /** The core as it is now. Cheap: pages that did not change are shared. */
  protected abstract shareCore(): Core;
  /** What a waiting machine's core is made of. */
  protected abstract coreImage(core: Core): CoreImage;
  /** @throws {RollupError} `SNAPSHOT_INVALID`. */
  protected abstract coreOf(image: CoreImage): Core;
  protected abstract restoreCore(core: Core): void;
  /** The `core` of a machine's state. */
  protected abstract hashCore(core: Core): Hex;
  /** An input was delivered. */
  protected abstract enterHandler(): void;
  /** The guest waits again. */
  protected abstract leaveHandler(): void;
  /** Executes at least one and up to `steps` instructions and gives how many; `this.result` tells how it went. A trap changes nothing. */
  protected abstract execute(steps: number): number;
  protected abstract proveDelivery(core: Core, input: Input): Uint8Array;
  protected abstract proveInstruction(core: Core, context: ProofContext): Uint8Array;
  protected abstract describeRegisters(): Record<string, string>;
  /** @param values The registers', to which it adds what the instruction touches. */
  protected abstract describeInstruction(values: Record<string, string>): StepDescription;

  /** Steps that are left of the current input's budget. */
  protected get room(): number {
    return Number(this.status.deadline) - this.status.step;
  }

  /** @throws {MachineRunsError} if an input is being handled. */
  protected requireWaiting(): void {
    if (!this.waiting) throw new MachineRunsError(this.status.inputCount - 1n);
  }

  protected publish(outputRoot: Hex): void {
    this.change({ outputRoot });
  }

  /** The input was handled. */
  protected conclude(): void {
    this.leaveHandler();
    this.wait("returned");
  }

  protected revertTrapped(trap: number): void {
    this.revert(trap === Trap.rejected ? "rejected" : "trapped", trap);
  }

  protected revert(outcome: InputOutcome, trap: number = Trap.none): void {
    const { checkpoint, input, rejections } = this.status;
    this.restoreCore(checkpoint!.core);
    this.change({
      outputRoot: checkpoint!.outputRoot,
      rejections: hashRejection(rejections, hashInputHeader(input!.header)),
    });
    this.wait(outcome, outcome === "trapped" ? (TRAP_CAUSES[trap] as TrapCause) : undefined);
  }

  private requireOwn(snapshot: Snapshot): GuestSnapshot<Core> {
    if (snapshot instanceof GuestSnapshot && snapshot.program.machine === this.program.machine) {
      return snapshot as GuestSnapshot<Core>;
    }
    throw new TypeError(`not a snapshot of a ${this.program.machine} machine`);
  }

  private wait(outcome: InputOutcome, trapCause?: TrapCause): void {
    this.change({ deadline: 0n, step: 0, input: undefined, checkpoint: undefined, outcome, trapCause });
  }

  private change(changes: Partial<Status<Core>>): void {
    this.status = { ...this.status, ...changes };
  }

  private makeHostContext(): HostContext {
    const currentInput = (): Input | undefined => this.status.input;
    return {
      host: this.host,
      get input() {
        return currentInput();
      },
      publish: (outputRoot) => this.publish(outputRoot),
    };
  }
}
