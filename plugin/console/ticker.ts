import { Worker } from "node:worker_threads";

/** After this long without a line, whatever is being done is named again, so that nothing ever looks hung. */
const SILENCE_MS = 1_500;

/** Runs beside the main thread, which may be too busy for timers, and writes past its streams. */
const WATCH = `
const { writeSync } = require("node:fs");
const { workerData: { shared, descriptor, what, start, silence } } = require("node:worker_threads");
const lastLine = new BigInt64Array(shared);
setInterval(() => {
  const now = Date.now();
  if (now - Number(Atomics.load(lastLine, 0)) < silence) return;
  Atomics.store(lastLine, 0, BigInt(now));
  writeSync(descriptor, "... " + what + ", " + Math.round((now - start) / 1000) + " s\\n");
}, 100);
`;

/** Says what is under way whenever nothing was printed for a while, even while the main thread computes. */
export class Ticker {
  private readonly lastLine = new BigInt64Array(new SharedArrayBuffer(8));

  /** @param descriptor The file that it writes to, e.g. 2 for standard error. */
  public constructor(private readonly descriptor: number) {}

  /** To be called with every line that is printed. */
  public touch(): void {
    Atomics.store(this.lastLine, 0, BigInt(Date.now()));
  }

  /** Starts to watch. @returns What ends it. */
  public start(what: string): () => Promise<void> {
    this.touch();
    const workerData = {
      shared: this.lastLine.buffer,
      descriptor: this.descriptor,
      what,
      start: Date.now(),
      silence: SILENCE_MS,
    };
    const worker = new Worker(WATCH, { eval: true, workerData, execArgv: [] });
    worker.unref();
    return async () => void (await worker.terminate());
  }
}
