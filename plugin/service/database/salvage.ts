import type { FilePart } from "../../database/pageImages.js";
import { looseRows, type LooseRow, type LooseValue } from "../../database/looseRows.js";
import { hashBytes } from "../hashBytes.js";

/** Of those that an input has, so many of the last are carried over: a reorganization may have taken their inputs back. */
const RECENT = 10_000;
/** Hash, account, nonce, amount, data, time, batch, input and refusal stand behind the place, which a row has as its number. */
const COLUMNS = 10;
const REPLACED = "replaced";

/** A user's transaction that was accepted. */
export interface SalvagedTransaction {
  readonly hash: string;
  readonly place: number;
  readonly data: Uint8Array;
  /** In milliseconds. */
  readonly acceptedAt: number;
}

/** What is read of one, and how far it had come: of its versions in a file the one that went furthest is the last. */
interface Found extends SalvagedTransaction {
  readonly stage: "waits" | "included" | "refused" | "replaced";
}

const STAGES: readonly Found["stage"][] = ["waits", "included", "refused", "replaced"];

/**
 * Users' transactions that can be read in a file, however damaged it is: each is held to its hash, and what else is said of it is not believed. SQLite
 * forgets a log that it cannot read when the file is opened, so that is read before.
 */
export class Salvage {
  private readonly found = new Map<string, Found>();

  public read(path: string, part: FilePart): this {
    for (const row of looseRows(path, part)) {
      const transaction = transactionOf(row);
      if (transaction === undefined) continue;
      const before = this.found.get(transaction.hash);
      if (before === undefined || isLater(transaction, before)) this.found.set(transaction.hash, transaction);
    }
    return this;
  }

  /** Those that no input has, and the last of the others, which derivation finds again in their inputs; in their order. */
  public get transactions(): SalvagedTransaction[] {
    const all = [...this.found.values()].sort((a, b) => a.place - b.place);
    const recent = all.at(-RECENT)?.place ?? 0;
    return all.filter(({ place, stage }) => stage === "waits" || (stage !== "replaced" && place >= recent));
  }
}

function transactionOf({ id, columns }: LooseRow): Found | undefined {
  if (columns.length !== COLUMNS) return undefined;
  const [, hash, , , , data, acceptedAt, , input, refusal] = columns;
  if (!Buffer.isBuffer(data) || typeof hash !== "string" || !isTime(acceptedAt)) return undefined;
  if (hashBytes(data) !== hash) return undefined;
  const stage =
    refusal === REPLACED ? "replaced" : refusal !== null ? "refused" : input !== null ? "included" : "waits";
  return { hash, place: id, data, acceptedAt, stage };
}

/** One that was refused and accepted again has a later time. */
function isLater(a: Found, b: Found): boolean {
  if (a.acceptedAt !== b.acceptedAt) return a.acceptedAt > b.acceptedAt;
  return STAGES.indexOf(a.stage) > STAGES.indexOf(b.stage);
}

function isTime(value: LooseValue): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
