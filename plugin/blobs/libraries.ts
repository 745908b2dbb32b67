import { availableParallelism } from "node:os";

import { CachedKzg } from "./cachedKzg.js";
import type { Kzg } from "./kzg.js";
import type { KzgFunctions } from "./kzgFunctions.js";
import { importNativeLibrary } from "./nativeFunctions.js";
import { ThreadedKzg } from "./threadedKzg.js";
import { ThreadPool } from "./threadPool.js";

const PROGRAM = new URL("./kzgThread", import.meta.url);
const MOST_THREADS = 4;

/** KZG in JavaScript, which installs anywhere, in as many threads as there are processors, at most four. */
export function portableKzg(): Kzg {
  const size = Math.min(MOST_THREADS, availableParallelism());
  return cached("micro-eth-signer (JavaScript)", new ThreadPool(PROGRAM, "micro-eth-signer", size));
}

/** KZG by `c-kzg` if it is installed: one thread, since reading its setup takes longer than any dispute's proofs. */
export async function nativeKzg(): Promise<Kzg | undefined> {
  if (!(await importNativeLibrary())) return undefined;
  return cached("c-kzg (native)", new ThreadPool(PROGRAM, "c-kzg", 1));
}

/** How each library is loaded, by its package's name, the preferred one first. */
export const libraries: Readonly<Record<"c-kzg" | "micro-eth-signer", () => Promise<Kzg | undefined>>> = {
  "c-kzg": nativeKzg,
  "micro-eth-signer": async () => portableKzg(),
};

function cached(name: string, pool: ThreadPool<KzgFunctions>): Kzg {
  return new CachedKzg(new ThreadedKzg(name, pool));
}
