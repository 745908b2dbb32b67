import type { Signer } from "ethers";

import { formatAmount } from "../../config/amount.js";
import { pointReached } from "../../l1/killPoints.js";
import type { OnEvent } from "../../node/events.js";
import type { RollupNode } from "../../node/node.js";
import { Validator } from "../../node/validator.js";
import type { NodeConfig } from "../nodeConfig.js";

/** What an asserter's role works with. */
export interface AsserterParts {
  readonly node: RollupNode;
  readonly signer: Signer;
  readonly config: Pick<NodeConfig, "assertInterval">;
  /** Whether it confirms, too: who runs a challenger leaves that to it. */
  readonly confirms: boolean;
  readonly onEvent?: OnEvent;
}

/** Asserts what was executed, each assertion so long after the one before, and takes its bonds home. */
export class AsserterRole {
  private readonly validator: Validator;

  public constructor(private readonly parts: AsserterParts) {
    this.validator = new Validator(parts.node, parts.signer, parts.onEvent);
  }

  public async round(): Promise<undefined> {
    if (await this.isDue()) {
      pointReached("assertion.due");
      await this.validator.assert();
      pointReached("assertion.made");
    }
    if (this.parts.confirms) await this.validator.confirm();
    await this.collect();
  }

  private async isDue(): Promise<boolean> {
    const next = await this.validator.next();
    if (next === undefined) return false;
    const { parent } = next;
    if (parent.parent === undefined) return true;
    const { assertInterval } = this.parts.config;
    return (await this.parts.node.chain.now()) - parent.createdAt >= BigInt(assertInterval);
  }

  /** Bonds of what was confirmed, and what was won. */
  private async collect(): Promise<void> {
    const { sender } = this.validator;
    const me = await sender.address();
    const { rollup } = this.parts.node.chain.contracts;
    const purpose = await sender.recurring("collect");
    const credit = await rollup.credit(me);
    if (credit === 0n) return;
    const populated = rollup.withdrawCredit.populateTransaction(me);
    await sender.send("collect", `collect ${formatAmount(credit)}`, populated, undefined, purpose);
    sender.spending.received += credit;
  }
}
