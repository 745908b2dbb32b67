import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { AssertionNode } from "../node/assertions.js";
import type { RollupNode } from "../node/node.js";
import type { Trace } from "../node/trace.js";
import type { View } from "../node/view.js";

/** What an adversary says of the work that follows one assertion. */
export interface FalseWork {
  /** The assertion that the lie is told on; its state must be true. */
  readonly parent: Hex;
  /** The states over the parent's next inputs, as the adversary has them. */
  readonly trace: Trace;
}

/** An adversary's view: the truth, but for the work that follows one assertion, of which it has its own trace. */
export class Lie implements View {
  public constructor(
    private readonly node: RollupNode,
    private readonly work: FalseWork,
  ) {}

  public async believes(assertion: AssertionNode): Promise<boolean> {
    if (assertion.parent?.id !== this.work.parent) return this.node.truth.believes(assertion);
    const [end] = await this.work.trace.stateHashes([this.end]);
    return end === assertion.stateHash;
  }

  public async trace(assertion: AssertionNode): Promise<Trace | undefined> {
    const own = assertion.parent?.id === this.work.parent;
    return own ? this.work.trace : this.node.truth.trace(assertion);
  }

  public async stateAfter(parent: AssertionNode): Promise<MachineState | undefined> {
    return parent.id === this.work.parent ? this.work.trace.state(this.end) : this.node.truth.stateAfter(parent);
  }

  private get end(): bigint {
    const { inputBits, stepBits } = this.node.chain.parameters;
    return 1n << BigInt(inputBits + stepBits);
  }
}
