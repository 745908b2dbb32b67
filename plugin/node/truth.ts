import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { AssertionNode } from "./assertions.js";
import type { Executor } from "./executor.js";
import type { Trace } from "./trace.js";
import type { View } from "./view.js";

/** What the machine computes. */
export class Truth implements View {
  /** Assertions that were found to be true, which they stay. */
  private readonly known = new Set<Hex>();

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

  /** True if its state and those of all that it stands on are; a true state on a false parent dies with that parent. */
  private isTrue(assertion: AssertionNode): boolean {
    const unknown: AssertionNode[] = [];
    for (let at: AssertionNode | undefined = assertion; at !== undefined; at = at.parent) {
      if (this.known.has(at.id)) break;
      // What was confirmed was looked at before its boundary was forgotten.
      if (at.status === "confirmed" && at.end < this.executor.kept) break;
      if (this.executor.boundary(at.end)?.hash !== at.stateHash) return false;
      unknown.push(at);
    }
    for (const { id } of unknown) this.known.add(id);
    return true;
  }
}
