import {
  decodeLedgerBatch,
  decodeLedgerLog,
  encodeLedgerQuery,
  LEDGER_MAXIMUM_TRANSACTIONS,
  LEDGER_TRANSACTION_SIZE,
  LedgerSigners,
  type LedgerAccount,
  type LedgerDomain,
} from "../guests/ledger.js";
import type { Hex } from "../hex.js";
import { HttpError, Status } from "../http/httpError.js";
import type { GuestLog } from "../machines/machine.js";
import { ETHER } from "../node/outputs.js";
import { concatenate } from "../node/sequencer.js";
import type { AccountState, Ask, GuestView, Payout, UserTransaction } from "./guestView.js";
import { hashBytes } from "./hashBytes.js";
import { loggedOutputs } from "./loggedOutputs.js";

/** The ledger, as a node understands it. */
export class LedgerView implements GuestView {
  public readonly name = "ledger";
  public readonly maximumTransactions = LEDGER_MAXIMUM_TRANSACTIONS;

  private readonly signers: LedgerSigners;

  public constructor(domain: LedgerDomain) {
    this.signers = new LedgerSigners(domain);
  }

  /** Whether a program is the ledger: it answers its query. */
  public static answers(ask: Ask): boolean {
    return queryLedger(ask, ETHER) !== undefined;
  }

  public parse(data: Uint8Array): UserTransaction {
    if (data.length !== LEDGER_TRANSACTION_SIZE) {
      throw invalid("is of another length", { given: data.length, expected: LEDGER_TRANSACTION_SIZE });
    }
    const [signed] = decoded(data);
    const signer = this.signers.of(data);
    if (signer === undefined) throw invalid("has a signature of nobody", {});
    const isMessage = signed.action === "message";
    const account = keyOf(signer, isMessage ? ETHER : signed.token);
    return {
      hash: hashBytes(data),
      data,
      sender: { account, nonce: signed.nonce, amount: isMessage ? 0n : signed.amount },
    };
  }

  public account(key: string, ask: Ask): AccountState {
    const [address, token = ETHER] = key.split("/") as [Hex, Hex?];
    const account = queryLedger(ask, address, token);
    if (account !== undefined) return account;
    throw new HttpError(Status.Internal, "GUEST_SILENT", "The guest does not answer the ledger's query.");
  }

  public keysOf(address: Hex, token: Hex = ETHER): readonly string[] {
    return [keyOf(address, token)];
  }

  public encode(transactions: readonly Uint8Array[]): Uint8Array {
    return concatenate(transactions);
  }

  public hashesIn(input: Uint8Array): readonly Hex[] {
    return transactionsIn(input).map(hashBytes);
  }

  public signatures(input: Uint8Array): readonly Uint8Array[] {
    return transactionsIn(input).flatMap((transaction) => this.signers.words(transaction) ?? []);
  }

  public refusals(logs: readonly GuestLog[]): ReadonlyMap<number, string> {
    const refused = new Map<number, string>();
    for (const { data } of logs) {
      const log = decodeLedgerLog(data);
      if (log?.kind === "refused") refused.set(log.place, log.reason);
    }
    return refused;
  }

  public payouts(logs: readonly GuestLog[]): readonly Payout[] {
    return loggedOutputs(logs);
  }
}

function transactionsIn(input: Uint8Array): Uint8Array[] {
  const count = input.length / LEDGER_TRANSACTION_SIZE;
  if (!Number.isInteger(count)) return [];
  return Array.from({ length: count }, (_, place) =>
    input.subarray(place * LEDGER_TRANSACTION_SIZE, (place + 1) * LEDGER_TRANSACTION_SIZE),
  );
}

/** An account's: its address, and behind it the token if that is not ether. */
function keyOf(address: Hex, token: Hex): string {
  return token === ETHER ? address : `${address}/${token}`;
}

function queryLedger(ask: Ask, address: Hex, token: Hex = ETHER): LedgerAccount | undefined {
  const [log] = ask(encodeLedgerQuery(address, token)).logs.map(decodeLedgerLog);
  return log?.kind === "account" ? log.account : undefined;
}

function decoded(data: Uint8Array): ReturnType<typeof decodeLedgerBatch> {
  try {
    return decodeLedgerBatch(data);
  } catch (error) {
    throw invalid("is none of the ledger's", { reason: (error as Error).message.split("\n")[0] });
  }
}

function invalid(what: string, facts: Readonly<Record<string, unknown>>): HttpError {
  return new HttpError(Status.Unprocessable, "TRANSACTION_INVALID", `The transaction ${what}.`, facts);
}
