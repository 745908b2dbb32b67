import { existsSync } from "node:fs";

import { LEDGER_TRANSACTION_SIZE, queryLedgerAccount } from "../../../plugin/guests/ledger.js";
import { bytesToHex, type Hex } from "../../../plugin/hex.js";
import type { RollupNode } from "../../../plugin/node/node.js";
import { readBondLedger } from "../../soak/bondLedger.js";
import { minedTransactions, readAccount, type AccountEnd } from "./accountEnd.js";
import { readAnswers, type Answered } from "./answers.js";
import { countEach } from "./killPlan.js";

/** What an end is described from. */
export interface DayParts {
  /** A node that was never killed, in the test's own process. */
  readonly view: RollupNode;
  /** The file of the node that was. */
  readonly database: string;
  readonly users: readonly Hex[];
  /** Whose transactions the node sends, and what they had before, in wei. */
  readonly honest: readonly { readonly name: string; readonly address: Hex }[];
  readonly before: readonly bigint[];
  /** The transactions that the node has accepted. */
  readonly accepted: readonly Uint8Array[];
  /** What the node said of the users when all was over. */
  readonly served: readonly string[];
  /** With which the node left in the end. */
  readonly status: number | null;
}

/** How a day ended. */
export interface DayEnd {
  /** Balances and nonces of the users on the chain. */
  readonly ledger: readonly string[];
  readonly served: readonly string[];
  /** How often each accepted transaction is in the chain's inputs, and how many are in them in all. */
  readonly occurrences: readonly number[];
  readonly included: number;
  readonly deposits: number;
  /** How often each honest assertion and each honest claim was made: by what it says. */
  readonly assertions: readonly number[];
  readonly claims: readonly number[];
  /** What became of the lies. */
  readonly lies: readonly string[];
  /** What was made against the honest parties or falsely, and how soon it was answered. */
  readonly answers: readonly Answered[];
  /** Wei of bonds that were paid in, and neither credited nor burned. */
  readonly adrift: bigint;
  readonly accounts: readonly AccountEnd[];
  readonly status: number | null;
  /** Whether a file was put aside as damaged. */
  readonly damaged: boolean;
}

export async function describeEnd(parts: DayParts): Promise<DayEnd> {
  const { view, database, users, honest, before, accepted, served, status } = parts;
  await view.sync();
  const { derivation, assertions, claims, chain } = view;
  const ours = honest.map(({ address }) => address);
  const isOurs = ({ author }: { readonly author: Hex }): boolean => ours.includes(author);
  const made = assertions.all().filter(({ parent }) => parent !== undefined);
  const included = derivation.inputs
    .filter(({ header }) => header.kind === "batch")
    .flatMap(({ data }) => transactionsIn(data).map(bytesToHex));
  const counts = countEach(included);
  const bonds = await readBondLedger(chain);
  const all = await minedTransactions(chain);
  return {
    ledger: users.map((user) => ledgerOf(view, user)),
    served,
    occurrences: accepted.map((data) => counts.get(bytesToHex(data)) ?? 0),
    included: included.length,
    deposits: derivation.inputs.filter(({ header }) => header.kind === "deposit").length,
    assertions: timesEach(made.filter(isOurs), ({ parent, stateHash }) => `${parent?.id} ${stateHash}`),
    claims: timesEach(
      claims.all().filter(isOurs),
      ({ claim }) => `${claim.assertion} ${claim.opponent} ${claim.index}`,
    ),
    lies: made.filter((assertion) => !isOurs(assertion)).map((lie) => lie.status),
    answers: await readAnswers(view, ours),
    adrift: bonds.paidIn - bonds.credited - bonds.burned,
    accounts: await Promise.all(
      honest.map(({ name, address }, place) =>
        readAccount(chain, database, all, { name, address }, before[place], bonds.gains.get(address) ?? 0n),
      ),
    ),
    status,
    damaged: existsSync(`${database}.damaged`),
  };
}

function ledgerOf({ program, executor }: RollupNode, user: Hex): string {
  const { balance, nonce } = queryLedgerAccount(program, executor.boundary(executor.inputCount)!.snapshot, user);
  return `${balance} ${nonce}`;
}

function transactionsIn(batch: Uint8Array): Uint8Array[] {
  const count = batch.length / LEDGER_TRANSACTION_SIZE;
  const at = (place: number): number => place * LEDGER_TRANSACTION_SIZE;
  return Array.from({ length: count }, (_, place) => batch.subarray(at(place), at(place + 1)));
}

function timesEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): number[] {
  return [...countEach(items.map(keyOf)).values()];
}
