import fc from "fast-check";
import { SigningKey, TypedDataEncoder, computeAddress } from "ethers";

import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import {
  encodeLedgerDeposit,
  encodeLedgerQuery,
  encodeLedgerTransaction,
  ledgerTypedDataDomain,
  ledgerTypedDataValue,
  ledgerTypes,
  type LedgerDomain,
  type LedgerTransaction,
  type SignedLedgerTransaction,
  withSignature,
} from "../../plugin/guests/ledger.js";
import { inputOf } from "./inputs.js";
import type { LedgerModel } from "./ledgerModel.js";

export const DOMAIN: LedgerDomain = { chainId: 31337n, bridge: `0x${"b1".repeat(20)}` };
const OTHER_DOMAINS: readonly LedgerDomain[] = [
  { ...DOMAIN, chainId: 1n },
  { ...DOMAIN, bridge: `0x${"b2".repeat(20)}` },
];

const KEYS = [1n, 2n, 3n, 4n].map((key) => new SigningKey(wordOf(key)));

/** Who has accounts. The last one never gets a deposit here. */
export const ACTORS: readonly Hex[] = KEYS.map((key) => computeAddress(key).toLowerCase() as Hex);

/** Ether, two tokens that are deposited here, and one that never is. */
export const TOKENS: readonly Hex[] = ["00", "70", "71", "7f"].map((byte): Hex => `0x${byte.repeat(20)}`);

/** What may be wrong with a transaction. */
const FLAWS = ["replay", "early", "other chain", "other bridge", "broken r", "broken s", "other parity"] as const;

/** A transaction as it is drawn; amounts and nonces become numbers when it is sent. */
interface Draft {
  readonly from: number;
  readonly to: number;
  readonly action: LedgerTransaction["action"];
  readonly token: number;
  readonly amount: "zero" | "one" | "half" | "all" | "more" | "everything" | bigint;
  readonly flaw: (typeof FLAWS)[number] | "none";
}

/** What happens to a ledger. */
export type Event =
  | {
      readonly kind: "deposit";
      readonly to: number;
      readonly token: number;
      readonly amount: bigint;
      readonly length: number;
    }
  | {
      readonly kind: "transactions";
      readonly forced: boolean;
      readonly drafts: readonly Draft[];
      readonly tail: Uint8Array;
    }
  | { readonly kind: "noise"; readonly data: Uint8Array }
  | { readonly kind: "again" }
  | { readonly kind: "query"; readonly of: number; readonly token: number };

const draft: fc.Arbitrary<Draft> = fc.record({
  from: fc.integer({ min: 0, max: 3 }),
  to: fc.integer({ min: 0, max: 4 }),
  action: fc.constantFrom("transfer" as const, "transfer" as const, "withdrawal" as const, "message" as const),
  token: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  amount: fc.oneof(
    fc.constantFrom(
      "zero" as const,
      "one" as const,
      "half" as const,
      "all" as const,
      "more" as const,
      "everything" as const,
    ),
    fc.bigInt({ min: 0n, max: 2n ** 66n }),
  ),
  flaw: fc.oneof(
    { weight: 2, arbitrary: fc.constant("none" as const) },
    { weight: 1, arbitrary: fc.constantFrom(...FLAWS) },
  ),
});

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: deposits() },
  { weight: 8, arbitrary: transactions() },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("noise" as const), data: fc.uint8Array({ maxLength: 300 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: "again" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("query" as const),
      of: fc.integer({ min: 0, max: 4 }),
      token: fc.integer({ min: 0, max: 3 }),
    }),
  },
);

/** A ledger's life: deposits, good and bad transactions, malformed inputs, replays of whole inputs. */
export const scenario: fc.Arbitrary<Event[]> = fc.array(event, { minLength: 3, maxLength: 14 });

/** The next input, given what came before. */
export function inputFor(event: Event, model: LedgerModel, before: readonly Input[]): Input {
  const number = BigInt(before.length);
  switch (event.kind) {
    case "deposit": {
      const data = encodeLedgerDeposit(addressOf(event.to), event.amount, DOMAIN, TOKENS[event.token]).subarray(
        0,
        event.length,
      );
      return inputOf({ kind: "deposit", number, data });
    }
    case "transactions": {
      const signed = event.drafts.map((draft, place) => signDraft(draft, event.drafts.slice(0, place), model));
      const data = Buffer.concat([...signed.map(encodeLedgerTransaction), event.tail]);
      return inputOf({ kind: event.forced ? "message" : "batch", number, data: new Uint8Array(data) });
    }
    case "noise":
      return inputOf({ kind: "message", number, data: event.data });
    case "again": {
      const last = before.findLast(({ header }) => header.kind !== "deposit");
      return inputOf({ kind: "message", number, data: last?.data });
    }
    case "query":
      return inputOf({ kind: "message", number, data: encodeLedgerQuery(addressOf(event.of), TOKENS[event.token]) });
  }
}

/** Signs a transaction as actor `from`. */
export function sign(
  from: number,
  transaction: LedgerTransaction,
  domain: LedgerDomain = DOMAIN,
): SignedLedgerTransaction {
  const hash = TypedDataEncoder.hash(
    ledgerTypedDataDomain(domain),
    ledgerTypes(transaction.action),
    ledgerTypedDataValue(transaction),
  );
  return withSignature(transaction, KEYS[from].sign(hash));
}

/** An actor's address, or, past the last, that of somebody without a key. */
export function addressOf(actor: number): Hex {
  return ACTORS[actor] ?? `0x${"00".repeat(19)}2a`;
}

function deposits(): fc.Arbitrary<Event> {
  return fc.record({
    kind: fc.constant("deposit" as const),
    to: fc.integer({ min: 0, max: 2 }),
    token: fc.constantFrom(0, 0, 1, 2),
    amount: fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 70n }), fc.bigInt({ min: 2n ** 255n, max: 2n ** 256n - 1n })),
    length: fc.oneof(
      { weight: 9, arbitrary: fc.constant(160) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 159 }) },
    ),
  });
}

function transactions(): fc.Arbitrary<Event> {
  return fc.record({
    kind: fc.constant("transactions" as const),
    forced: fc.boolean(),
    drafts: fc.array(draft, { maxLength: 5 }),
    tail: fc.oneof(
      { weight: 6, arbitrary: fc.constant(new Uint8Array()) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 162 }) },
    ),
  });
}

/** The nonce is what it will be if the drafts before it are applied, unless the flaw is in the nonce. */
function signDraft(draft: Draft, earlier: readonly Draft[], model: LedgerModel): SignedLedgerTransaction {
  const token = draft.action === "message" ? 0 : draft.token;
  const { nonce, balance } = model.account(addressOf(draft.from), TOKENS[token]);
  const isBefore = ({ from, flaw, action, token: other }: Draft): boolean =>
    from === draft.from && flaw === "none" && (action === "message" ? 0 : other) === token;
  const expected = nonce + BigInt(earlier.filter(isBefore).length);
  const offset = { replay: -1n, early: 1n }[draft.flaw as string] ?? 0n;
  const common = { to: addressOf(draft.to), nonce: BigInt.asUintN(64, expected + offset) };
  const amount = amountOf(draft.amount, balance);
  const transaction: LedgerTransaction =
    draft.action === "message"
      ? { action: draft.action, ...common, data: bytesToHex(wordOf(amount)) }
      : { action: draft.action, ...common, amount, token: TOKENS[token] };
  const signed = sign(
    draft.from,
    transaction,
    { "other chain": OTHER_DOMAINS[0], "other bridge": OTHER_DOMAINS[1] }[draft.flaw as string],
  );
  const flip = (word: Hex, bit: bigint): Hex => `0x${(BigInt(word) ^ (1n << bit)).toString(16).padStart(64, "0")}`;
  if (draft.flaw === "broken r") return { ...signed, r: flip(signed.r, 77n) };
  if (draft.flaw === "broken s") return { ...signed, yParityAndS: flip(signed.yParityAndS, 3n) };
  if (draft.flaw === "other parity") return { ...signed, yParityAndS: flip(signed.yParityAndS, 255n) };
  return signed;
}

function amountOf(amount: Draft["amount"], balance: bigint): bigint {
  if (typeof amount === "bigint") return amount;
  const limit = 2n ** 256n - 1n;
  const amounts = {
    zero: 0n,
    one: 1n,
    half: balance / 2n,
    all: balance,
    more: balance === limit ? limit : balance + 1n,
    everything: limit,
  };
  return amounts[amount];
}
