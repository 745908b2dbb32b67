import { formatAmount } from "../config/amount.js";
import type { CommitteeParameters } from "./committee.js";

/** An amount of a committee's stakes for people: ether, or a token's smallest units. */
export function formatStake({ token }: Pick<CommitteeParameters, "token">, amount: bigint): string {
  return BigInt(token) === 0n ? formatAmount(amount) : `${amount} of token ${token}`;
}
