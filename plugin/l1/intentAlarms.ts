import type { Provider } from "ethers";

import type { Hex } from "../hex.js";
import type { OnEvent } from "../node/events.js";
import type { Market } from "./fees.js";
import type { Intent } from "./intent.js";
import type { SendingPolicy } from "./sendingPolicy.js";

/** Tells people what an account's transactions wait for: once for each cause. */
export class IntentAlarms {
  private readonly told = new Set<string>();

  public constructor(
    private readonly onEvent: OnEvent = () => undefined,
    private readonly policy: Pick<SendingPolicy, "alarmBefore" | "minBalance">,
  ) {}

  /** It cannot be sent now. */
  public hold({ id, text, until }: Intent, reason: string): undefined {
    this.alarm(`${id} ${reason}`, `${text} waits: ${reason}`, until);
    return undefined;
  }

  /** Its clock may run out before it is mined. */
  public warn({ id, text, until }: Intent, { now }: Market): void {
    if (until === undefined || now < until - this.policy.alarmBefore) return;
    this.alarm(`${id} clock`, `${text} is not mined, and its clock runs out`, until);
  }

  /** It is sent again. */
  public resent({ text, attempts }: Intent, reason: string): void {
    this.onEvent({ type: "resent", text, hash: attempts.at(-1)!.hash, reason });
  }

  public async checkBalance(provider: Provider, account: Hex): Promise<void> {
    const { minBalance } = this.policy;
    if (minBalance === 0n) return;
    const isLow = (await provider.getBalance(account)) < minBalance;
    if (isLow) this.alarm("balance", `the balance of ${account} is low`, undefined);
    else this.told.delete("balance");
  }

  private alarm(cause: string, text: string, until: bigint | undefined): void {
    if (this.told.has(cause)) return;
    this.told.add(cause);
    this.onEvent({ type: "alarm", text, until });
  }
}
