import { parentPort, workerData } from "node:worker_threads";

import type { KzgFunctions } from "./kzgFunctions.js";
import type { Answer, Question } from "./threadPool.js";

/** What one thread of a pool runs: one library, one call after the other. */
const functions: Promise<KzgFunctions> =
  workerData === "c-kzg"
    ? import("./nativeFunctions.js").then(({ nativeFunctions }) => nativeFunctions())
    : import("./portableFunctions.js").then(({ portableFunctions }) => portableFunctions());

parentPort?.on("message", (question: Question<KzgFunctions>) => {
  void answer(question).then((found) => parentPort?.postMessage(found));
});

async function answer({ method, parameters }: Question<KzgFunctions>): Promise<Answer> {
  try {
    const library = (await functions) as Record<keyof KzgFunctions, (...given: unknown[]) => unknown>;
    return { value: await library[method](...parameters) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
