import type { MachineState } from "../machines/machine.js";
import type { AssertionNode } from "./assertions.js";
import type { Executor } from "./executor.js";
import type { Trace } from "./trace.js";
import type { View } from "./view.js";

/** What the machine computes. */
export class Truth implements View {
  public constructor(private readonly executor: Executor) {}

  public believes(assertion: AssertionNode): Promise<boolean> {
    return Promise.resolve(this.isTrue(assertion));
  }

  public trace(assertion: AssertionNode): Promise<Trace | undefined> {
    const { parent, first, end } = assertion;
    const known = parent !== undefined && this.isTrue(parent) && end <= this.executor.inputCount;
    return Promise.resolve(known ? this.executor.trace(first, end) : undefined);
  }

  public stateAfter(parent: AssertionNode): Promise<MachineState | undefined> {
    return Promise.resolve(this.isTrue(parent) ? this.executor.boundary(parent.next)?.state : undefined);
  }

  /** An assertion is true if its state is: a true state on a false parent is dead anyway, since that parent is. */
  private isTrue(assertion: AssertionNode): boolean {
    const ancestorsTrue = assertion.parent === undefined || this.isTrue(assertion.parent);
    return ancestorsTrue && this.executor.boundary(assertion.end)?.hash === assertion.stateHash;
  }
}
