import { formatTokens, readToken } from "../token.js";
import type { Chain } from "../chain.js";
import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { Withdrawal } from "./outputs.js";
import type { Done, Sender } from "./sender.js";

/** A withdrawal in a confirmed state. */
export interface ConfirmedWithdrawal {
  readonly assertion: Hex;
  readonly state: MachineState;
  readonly withdrawal: Withdrawal;
  /** The siblings of its leaf, from below. */
  readonly proof: readonly Hex[];
}

/**
 * Has the bridge pay a withdrawal.
 * @param to Who is paid; the recipient if absent, and anybody else only where the recipient sends.
 * @throws {RevertedError} If the withdrawal is not in the state's tree, the state not confirmed, or it was paid already.
 */
export async function pay(
  { contracts: { bridge }, provider }: Chain,
  sender: Sender,
  { assertion, state, withdrawal, proof }: ConfirmedWithdrawal,
  to?: Hex,
): Promise<Done> {
  const populated =
    to === undefined
      ? bridge.withdraw.populateTransaction(assertion, state, withdrawal, [...proof])
      : bridge.withdrawTo.populateTransaction(assertion, state, withdrawal, [...proof], to);
  const amount = formatTokens(await readToken(provider, withdrawal.token), withdrawal.amount);
  return sender.send("withdraw", `withdraw ${amount} to ${to ?? withdrawal.recipient}`, populated);
}
