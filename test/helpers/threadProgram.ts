import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, threadId } from "node:worker_threads";

import type { Question } from "../../plugin/blobs/threadPool.js";

/** What the threads of `test/blobs/threads.test.ts` can do. */
export interface Exercise {
  /** Takes `milliseconds` and gives the thread's number. */
  rest(milliseconds: number): number;
  /** Ends the thread. */
  end(): never;
}

parentPort?.on("message", ({ method, parameters }: Question<Exercise>) => {
  if (method === "end") process.exit(3);
  void sleep(parameters[0] as number).then(() => parentPort?.postMessage({ value: threadId }));
});
