import { Worker, type ResourceLimits } from "node:worker_threads";

import { RollupError } from "../errors.js";

/** What a thread is asked for: a function of the kind `Functions` and what it takes. */
export interface Question<Functions> {
  readonly method: keyof Functions;
  readonly parameters: readonly unknown[];
}

/** What it says. */
export type Answer = { readonly value: unknown } | { readonly error: string };

interface Job<Functions> extends Question<Functions> {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Call = (...parameters: never[]) => unknown;

/**
 * A few threads for long computations, so that independent ones run at once and the event loop stays free. A thread is started
 * when a job finds no idle one, has one job at a time, and keeps the process alive only while it has one.
 */
export class ThreadPool<Functions extends { [Method in keyof Functions]: Call }> {
  private readonly waiting: Job<Functions>[] = [];
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Job<Functions>>();

  /**
   * @param program The module that every thread runs, without its extension.
   * @param data What each is given as `workerData`.
   * @param size How many threads there are at most.
   * @param limits What memory each may take; what V8 thinks right if absent.
   */
  public constructor(
    private readonly program: URL,
    private readonly data: unknown,
    private readonly size: number,
    private readonly limits?: ResourceLimits,
  ) {}

  /**
   * Runs one function in a thread.
   * @throws {RollupError} `THREAD_FAILED` with what it threw, or if its thread ended.
   */
  public call<Method extends keyof Functions>(
    method: Method,
    ...parameters: Parameters<Functions[Method]>
  ): Promise<Awaited<ReturnType<Functions[Method]>>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ method, parameters, resolve, reject });
      this.dispatch();
    });
  }

  /** Ends all threads; what was asked for and has no answer is refused. */
  public async close(): Promise<void> {
    for (const job of this.waiting.splice(0)) job.reject(failed("the pool was closed"));
    await Promise.all([...this.idle.splice(0), ...this.busy.keys()].map((worker) => worker.terminate()));
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && (this.idle.length > 0 || this.busy.size < this.size)) {
      const worker = this.idle.pop() ?? this.start();
      const job = this.waiting.shift() as Job<Functions>;
      this.busy.set(worker, job);
      worker.ref();
      worker.postMessage({ method: job.method, parameters: job.parameters } satisfies Question<Functions>);
    }
  }

  private start(): Worker {
    const worker = startThread(this.program, this.data, this.limits);
    worker.on("message", (answer: Answer) => {
      this.finish(worker, answer);
      worker.unref();
      this.idle.push(worker);
      this.dispatch();
    });
    worker.on("error", (error: Error) => this.end(worker, error.message));
    worker.on("exit", () => this.end(worker, "its thread ended"));
    return worker;
  }

  private end(worker: Worker, reason: string): void {
    this.finish(worker, { error: reason });
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
    this.dispatch();
  }

  private finish(worker: Worker, answer: Answer): void {
    const job = this.busy.get(worker);
    this.busy.delete(worker);
    if (!job) return;
    if ("error" in answer) job.reject(failed(answer.error));
    else job.resolve(answer.value);
  }
}

/** In a repository the modules are TypeScript, which a thread reads with `tsx` as the process that started it does. */
function startThread(program: URL, data: unknown, resourceLimits: ResourceLimits | undefined): Worker {
  const typescript = import.meta.url.endsWith(".ts");
  return new Worker(new URL(`${program.href}${typescript ? ".ts" : ".js"}`), {
    workerData: data,
    resourceLimits,
    execArgv: typescript ? ["--import", import.meta.resolve("tsx/esm")] : [],
  });
}

function failed(reason: string): RollupError {
  return new RollupError("THREAD_FAILED", "A computation in a thread failed.", { reason });
}
