import type { Party } from "../../plugin/testing/party.js";

/** Four levels, and bonds that a test's accounts can pay many times. */
export const SMALL = { inputBits: 6, stepBits: 18, bonds: { assertion: "1 ether", claims: "0.1 ether" } };

/** What an account has gained by all that it did, in wei, fees aside. */
export function gainOf(party: Party): bigint {
  const { received, value } = party.challenger.spending;
  return received - value - party.validator.sender.spending.value;
}
