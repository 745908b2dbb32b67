import type { MachineState } from "../machines/machine.js";
import type { AssertionNode } from "./assertions.js";
import type { Trace } from "./trace.js";

/** What a party holds true. An honest party's is what the machine computes; an adversary's is its lie. */
export interface View {
  /** True if the party would have asserted the same; false if not, or if what it stands on is not believed or not executed. */
  believes(assertion: AssertionNode): Promise<boolean>;
  /** The states between an assertion's parent and its end; undefined if the parent is not believed or inputs are missing. */
  trace(assertion: AssertionNode): Promise<Trace | undefined>;
  /** What the party would assert on `parent`; undefined if it does not believe the parent or inputs are missing. */
  stateAfter(parent: AssertionNode): Promise<MachineState | undefined>;
}
