import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import { bytesToHex, hexToBytes, type Hex } from "../../hex.js";
import type { Intent } from "../../l1/intent.js";

/** Where bytes are: of which intent, and which of its parts; 0 is what is sent, behind it come the attempts. */
interface Place {
  readonly intent: number;
  readonly part: number;
}

/** An intent's parts that have bytes, and what these are called there. */
const DATA = "data";
const RAW = "raw";

/**
 * The bytes of intents, of which a batch has a hundred kilobytes and every attempt has them again. The journal is looked through whenever the settlement layer is,
 * and they are needed where something is sent: they are apart, and read where they are asked for.
 */
export class IntentBytes {
  /** Parts that came from the file, where their bytes are; a part never changes. */
  private readonly written = new WeakMap<object, Place>();
  private readonly insert: StatementSync;
  private readonly select: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT OR REPLACE INTO intent_bytes VALUES (?, ?, ?)");
    this.select = file.statement("SELECT bytes FROM intent_bytes WHERE intent = ? AND part = ?");
  }

  /** The intent without its bytes, which are in the file then. */
  public put(intent: Intent): Intent {
    const { id, transaction, attempts } = intent;
    const stripped = {
      ...intent,
      transaction: this.strip(transaction, DATA, { intent: id, part: 0 }),
      attempts: attempts.map((attempt, index) => this.strip(attempt, RAW, { intent: id, part: index + 1 })),
    };
    return stripped as Intent;
  }

  /** What was put; files of older versions have bytes in place. */
  public take(stripped: Intent): Intent {
    const { id, transaction, attempts } = stripped;
    return {
      ...stripped,
      transaction: this.restore(transaction, DATA, { intent: id, part: 0 }),
      attempts: attempts.map((attempt, index) => this.restore(attempt, RAW, { intent: id, part: index + 1 })),
    };
  }

  private strip<Part extends object>(part: Part, name: keyof Part & string, place: Place): object {
    const known = this.written.get(part);
    if (known?.intent !== place.intent || known.part !== place.part) {
      this.insert.run(place.intent, place.part, hexToBytes(part[name] as Hex));
    }
    const others = Object.keys(part).filter((key) => key !== name);
    return Object.fromEntries(others.map((key) => [key, part[key as keyof Part]]));
  }

  private restore<Part extends object>(part: Part, name: keyof Part & string, place: Place): Part {
    if (name in part) return part;
    const read = (): Hex => bytesToHex(this.select.get(place.intent, place.part)?.bytes as Uint8Array);
    const whole = Object.defineProperty({ ...part }, name, { enumerable: true, get: read });
    this.written.set(whole, place);
    return whole;
  }
}
