import { hashBytes } from "./hashBytes.js";
import { loggedOutputs } from "./loggedOutputs.js";
import type { GuestView } from "./guestView.js";
import { concatenate } from "../node/sequencer.js";

/** A guest of which nothing is known: every transaction is a batch of its own, and nothing is checked but by the guest. */
export const OPAQUE_VIEW: GuestView = {
  name: "opaque",
  maximumTransactions: 1,
  parse: (data) => ({ hash: hashBytes(data), data, sender: undefined }),
  account: () => ({ nonce: 0n, balance: 0n }),
  keysOf: () => [],
  encode: concatenate,
  hashesIn: (input) => (input.length === 0 ? [] : [hashBytes(input)]),
  signatures: () => [],
  refusals: () => new Map<number, string>(),
  payouts: loggedOutputs,
};
