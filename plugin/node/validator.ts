import type { ContractTransaction, Signer } from "ethers";

import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import { hashMachineState } from "../machines/state.js";
import { isDead, type AssertionNode } from "./assertions.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { Sender, type Done, type Preflight } from "./sender.js";
import type { View } from "./view.js";

/** An assertion that could be made. */
export interface Assertable {
  readonly parent: AssertionNode;
  readonly attempt: bigint;
  readonly state: MachineState;
  readonly stateHash: Hex;
  /** It would cover the inputs `[first, end)`. */
  readonly first: bigint;
  readonly end: bigint;
}

/** Asserts what its view holds true, each assertion on the one before, confirmed or not; confirms what is final. */
export class Validator {
  public readonly sender: Sender;

  public constructor(
    public readonly node: RollupNode,
    signer: Signer,
    onEvent: OnEvent = node.onEvent,
    private readonly view: () => View = () => node.truth,
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs, node.chain.transactions);
  }

  /** What `assert` would assert; undefined if everything is asserted, or the next inputs are not there yet. */
  public async next(): Promise<Assertable | undefined> {
    await this.node.sync();
    const parent = await this.tip();
    const state = await this.view().stateAfter(parent);
    if (state === undefined) return undefined;
    const stateHash = hashMachineState(state);
    const before = parent.children.filter((child) => child.stateHash === stateHash).length;
    return { parent, attempt: BigInt(before), state, stateHash, first: parent.end, end: parent.next };
  }

  /** What `assert` would cost, bond included; undefined if there is nothing to assert. */
  public async preflight(): Promise<(Preflight & { readonly assertion: Assertable }) | undefined> {
    const assertion = await this.next();
    if (assertion === undefined) return undefined;
    const cost = await this.sender.preflight(textOf(assertion), await this.transaction(assertion));
    return { ...cost, assertion };
  }

  /** Asserts the state after the next inputs; undefined if there is nothing to assert. Gives the assertion's id. */
  public async assert(): Promise<(Done & { readonly assertion: Hex }) | undefined> {
    const assertion = await this.next();
    if (assertion === undefined) return undefined;
    const done = await this.sender.send("assert", textOf(assertion), this.transaction(assertion), undefined, {
      key: keyOf(assertion),
    });
    await this.node.sync();
    const { parent, stateHash, attempt } = assertion;
    const made = parent.children.find((child) => child.stateHash === stateHash && child.attempt === attempt);
    return { ...done, assertion: made?.id ?? "0x" };
  }

  /** Confirms what the rule calls final, in its order. Gives what was confirmed. */
  public async confirm(): Promise<(Done & { readonly assertion: Hex })[]> {
    const { rollup, rule } = this.node.chain.contracts;
    const confirmed: (Done & { readonly assertion: Hex })[] = [];
    for (;;) {
      await this.node.sync();
      const child = await this.believedChild(this.node.assertions.confirmed);
      if (child === undefined || !(await rule.isFinal(rollup, child.id, { blockTag: "pending" }))) return confirmed;
      const text = `confirm assertion ${child.id.slice(0, 10)}`;
      const purpose = { key: `confirm:${child.id}` };
      const populated = rollup.confirm.populateTransaction(child.id);
      const done = await this.sender.send("confirm", text, populated, undefined, purpose);
      // What was confirmed before is not seen to be yet.
      if (done.resumed) return confirmed;
      confirmed.push({ ...done, assertion: child.id });
    }
  }

  /** The last assertion that is believed and alive, on the latest confirmed one. */
  private async tip(): Promise<AssertionNode> {
    let tip = this.node.assertions.confirmed;
    for (;;) {
      const child = await this.believedChild(tip);
      if (child === undefined) return tip;
      tip = child;
    }
  }

  private async believedChild(parent: AssertionNode): Promise<AssertionNode | undefined> {
    for (const child of parent.children) {
      if (!isDead(child, this.node.assertions.confirmed) && (await this.view().believes(child))) return child;
    }
    return undefined;
  }

  private transaction({ parent, attempt, state, end }: Assertable): Promise<ContractTransaction> {
    const value = this.node.chain.parameters.assertionBond;
    const lastInput = this.node.derivation.inputHash(end - 1n);
    return this.node.chain.contracts.rollup.assertState.populateTransaction(parent.id, attempt, state, lastInput, {
      value,
    });
  }
}

/** The same for the same assertion, whoever is killed before it is known to be made. */
function keyOf({ parent, stateHash, attempt }: Assertable): string {
  return `assert:${parent.id}:${stateHash}:${attempt}`;
}

function textOf({ first, end, stateHash }: Assertable): string {
  return `assert ${stateHash.slice(0, 12)} after inputs ${first} to ${end - 1n}`;
}
