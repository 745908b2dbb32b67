import type { Hex } from "../hex.js";
import type { MachineState, StepDescription } from "../machines/machine.js";
import type { InputHeader } from "../input.js";

/** What `IMachine.step` is called with, and what it must give. */
export interface StepProof {
  readonly context: { readonly program: Hex; readonly inputHash: Hex; readonly step: bigint };
  readonly before: MachineState;
  readonly after: MachineState;
  readonly witness: Uint8Array;
  /** The input whose window it is, undefined past the last. */
  readonly header: InputHeader | undefined;
  readonly description: StepDescription;
}

/**
 * The states between an assertion's parent and the assertion, as one party has them. Positions are
 * `window * 2^B + step`, the window counted from the assertion's first input; position `2^(A + B)` is the end.
 */
export interface Trace {
  /** The state hash at each position, in the order asked for. */
  stateHashes(positions: readonly bigint[]): Promise<Hex[]>;
  state(position: bigint): Promise<MachineState>;
  /** The step from `position` to `position + 1`. */
  proveStep(position: bigint): Promise<StepProof>;
}
