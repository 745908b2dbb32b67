import { formatJson } from "./format.js";
import { formatFields, formatTable } from "./table.js";
import type { Column } from "./table.js";

/** After this long without a line, whatever is being done is named again, so that nothing ever looks hung. */
const SILENCE_MS = 1_500;

/** Where a task's lines go; `process` has both. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * A task's output. Lines for people go to standard output, or, with `--json`, to standard error, so that standard output
 * then holds the JSON alone.
 */
export class Console {
  private lastLine = Date.now();

  public constructor(
    private readonly json: boolean,
    private readonly streams: Streams = process,
  ) {}

  /** A line for people. */
  public line(text = ""): void {
    this.lastLine = Date.now();
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
    this.lastLine = Date.now();
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
    const start = Date.now();
    this.lastLine = start;
    const timer = setInterval(() => {
      if (Date.now() - this.lastLine < SILENCE_MS) return;
      this.note(`... ${what}, ${Math.round((Date.now() - start) / 1000)} s`);
    }, 250);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }
}
