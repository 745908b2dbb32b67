import type { StatementSync } from "node:sqlite";

import type { Statement } from "../statement.js";
import type { MemberDatabase } from "./database.js";
import { MemberError, Status } from "./memberError.js";

/** Everything that a member has ever signed: one answer to each question. */
export class SigningLog {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectCount: StatementSync;

  public constructor(private readonly database: MemberDatabase) {
    this.insert = database.statement(
      "INSERT OR IGNORE INTO signed (purpose, subject, parent, accumulator, value, epoch, expiry) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.select = database.statement(
      "SELECT value FROM signed WHERE purpose = ? AND subject = ? AND parent = ? AND accumulator = ?",
    );
    this.selectCount = database.statement("SELECT count(*) AS count FROM signed");
  }

  /** How much was signed. */
  public get count(): number {
    return Number(this.selectCount.get()?.count);
  }

  /**
   * Writes down that a statement is about to be signed; on disk when this comes back. The same may be signed again.
   * @param along Written together with it.
   * @throws {MemberError} `CONFLICT` if another answer was signed: whoever shows both takes the member's stake.
   */
  public record(statement: Statement, epoch: bigint, along: () => void = () => undefined): void {
    this.database.commit(() => {
      const { purpose, subject, parent, accumulator, value, expiry } = statement;
      const question = [purpose, subject, parent, accumulator];
      this.insert.run(...question, value, epoch, expiry);
      const signed = this.select.get(...question)?.value;
      if (signed !== value) throw conflict(statement, signed);
      along();
    });
  }
}

function conflict({ value, accumulator }: Statement, signed: unknown): MemberError {
  return new MemberError(Status.Conflict, "CONFLICT", "This member has signed something else here, and signs once.", {
    given: value,
    signed,
    accumulator,
  });
}
