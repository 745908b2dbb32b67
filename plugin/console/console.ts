import { formatJson } from "./format.js";
import { Ticker } from "./ticker.js";
import { formatFields, formatTable } from "./table.js";
import type { Column } from "./table.js";

/** Where a task's lines go; `process` has both. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly fd?: number };
}

/**
 * A task's output. Lines for people go to standard output, or, with `--json`, to standard error, so that standard output
 * then holds the JSON alone.
 */
export class Console {
  private readonly ticker: Ticker;

  public constructor(
    private readonly json: boolean,
    private readonly streams: Streams = process,
  ) {
    this.ticker = new Ticker(streams.stderr.fd ?? process.stderr.fd);
  }

  /** A line for people. */
  public line(text = ""): void {
    this.ticker.touch();
    (this.json ? this.streams.stderr : this.streams.stdout).write(`${text}\n`);
  }

  /** A table for people. */
  public table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    for (const line of formatTable(columns, rows)) this.line(line);
  }

  /** Names and values for people. */
  public fields(fields: Readonly<Record<string, string>>): void {
    for (const line of formatFields(fields)) this.line(line);
  }

  /** What is under way: to standard error in either case, since it is no result. */
  public note(text: string): void {
    this.ticker.touch();
    this.streams.stderr.write(`${text}\n`);
  }

  /** The task's result: printed with `--json` only; the lines for people have said the rest. */
  public result(value: unknown): void {
    if (this.json) this.streams.stdout.write(`${formatJson(value)}\n`);
  }

  /**
   * Does some work, and says that it is still under way whenever nothing was printed for a while.
   * @param what For people, e.g. `deploying demo`.
   */
  public async during<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const stop = this.ticker.start(what);
    try {
      return await work();
    } finally {
      await stop();
    }
  }
}
