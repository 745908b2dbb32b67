import type { Hex } from "../../../hex.js";
import type { Input } from "../../../input.js";
import type { GuestLog, MachineHost } from "../../machine.js";
import type { HostContext } from "../../host.js";
import type { FunctionLayout } from "../layout.js";
import type { Fuel } from "./fuel.js";

/** A call from outside. */
export interface V8Call {
  readonly layout: FunctionLayout;
  readonly args: readonly bigint[];
  readonly maxSteps: number;
  readonly input: Input | undefined;
  /** Keep what a call did that trapped, as `WasmMachine.invoke` does. */
  readonly keepTrapped: boolean;
}

/** How a call ended that took no more steps than it might; `steps` includes one that trapped. */
export type V8Run =
  | {
      readonly kind: "returned";
      readonly steps: number;
      /** Unsigned. */
      readonly results: readonly bigint[];
      /** What was published last, undefined if nothing was. */
      readonly outputRoot: Hex | undefined;
    }
  | { readonly kind: "trapped"; readonly steps: number; readonly trap: number }
  | { readonly kind: "out-of-steps" };

/** Leaves the guest from a host call. */
export class HostTrap extends Error {
  constructor(readonly trap: number) {
    super();
  }
}

/** Leaves the guest, whose budget is used up. */
export class OutOfFuel extends Error {}

/** V8 cannot tell what the machine would do, or not in time; the stepper has to. */
export class Undecided extends Error {}

/** How long a call may keep everything else from running. */
export interface Patience {
  readonly milliseconds: number;
  /** Lets others run; without it the call is given up. */
  readonly turn: (() => Promise<void>) | undefined;
}

/** A call that is under way. */
export class RunningCall {
  /** What was published last. */
  outputRoot: Hex | undefined;
  /** What was logged; told to the host at the end, since it may not come to one. */
  readonly logs: GuestLog[] = [];
  /** For host calls, of which there may be many thousands. */
  readonly context: HostContext;
  private since = performance.now();

  constructor(
    readonly call: V8Call,
    readonly fuel: Fuel,
    private readonly patience: Patience,
    host: MachineHost,
  ) {
    this.context = {
      host: { ...host, preimage: host.preimage?.bind(host), log: (log) => this.logs.push(log) },
      input: call.input,
      publish: (outputRoot) => (this.outputRoot = outputRoot),
    };
  }

  /** Gives the code more steps. 1 if it has to pause before it takes them. */
  grant(): number {
    if (!this.fuel.grant()) throw new OutOfFuel();
    if (!this.isLate) return 0;
    if (this.patience.turn === undefined) throw new Undecided();
    return 1;
  }

  async pause(): Promise<void> {
    await this.patience.turn?.();
    this.since = performance.now();
  }

  /** To be called in steps that may take long: makes the code ask for more soon, if that is due. */
  hurry(): void {
    if (this.isLate) this.fuel.recall();
  }

  private get isLate(): boolean {
    return performance.now() - this.since > this.patience.milliseconds;
  }
}
