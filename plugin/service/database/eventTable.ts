import type { Interface } from "ethers";
import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { ChainEvent } from "../../node/eventReader.js";
import type { EventLog } from "../../node/nodeStore.js";

interface EventRow {
  readonly block: number;
  readonly posting: Hex;
  readonly timestamp: number;
  readonly topics: string;
  readonly data: Hex;
}

/** The events of one contract, as the settlement layer has them. */
export class EventTable implements EventLog {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly removeAfter: StatementSync;

  /** @param abi Of the contract at `address`. */
  public constructor(
    file: SqliteFile,
    private readonly address: Hex,
    private readonly abi: Interface,
  ) {
    this.insert = file.statement(
      "INSERT INTO events (block, address, posting, timestamp, topics, data) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.select = file.statement("SELECT * FROM events WHERE address = ? ORDER BY place");
    this.removeAfter = file.statement("DELETE FROM events WHERE address = ? AND block > ?");
  }

  public append({ description, block, timestamp, transaction }: ChainEvent): void {
    const { topics, data } = this.abi.encodeEventLog(description.fragment, [...description.args]);
    this.insert.run(block, this.address, transaction, timestamp, topics.join(), data);
  }

  public *all(): Generator<ChainEvent> {
    for (const row of this.select.all(this.address) as unknown as EventRow[]) {
      const description = this.abi.parseLog({ topics: row.topics.split(","), data: row.data });
      if (description === null) continue;
      const { block, posting: transaction } = row;
      yield { description, address: this.address, block, timestamp: BigInt(row.timestamp), transaction };
    }
  }

  public rollBack(block: number): void {
    this.removeAfter.run(this.address, block);
  }
}
