import type { Provider } from "ethers";

import { RollupError } from "../errors.js";

/** Up to which block the settlement layer is meant: a tag, or so many blocks behind the latest. */
export type Finality = "finalized" | "safe" | "latest" | number;

/** Where nobody says what is final: development networks know no such word, or call their latest block so, and replace it all the same. */
const USUALLY_FINAL = 64;

/**
 * The number of the block up to which nothing is replaced any more; below 0 if there is none.
 * @param finality As it was configured; without it, what the provider calls final, if that is 64 blocks behind the latest.
 */
export async function finalBlock(
  provider: Pick<Provider, "getBlock">,
  finality: Finality | undefined,
  latest: number,
): Promise<number> {
  if (finality !== undefined) return blockAt(provider, finality, latest);
  const called = await blockAt(provider, "finalized", latest).catch((error: unknown) => {
    if (error instanceof RollupError) return latest;
    throw error;
  });
  return Math.min(called, latest - USUALLY_FINAL);
}

/**
 * The number of the block that `finality` means, -1 if there is none yet.
 * @param latest The latest block's number.
 * @throws {RollupError} `FINALITY_UNKNOWN` if the provider does not know the tag.
 */
export async function blockAt(
  provider: Pick<Provider, "getBlock">,
  finality: Finality,
  latest: number,
): Promise<number> {
  if (typeof finality === "number") return Math.max(latest - finality, -1);
  if (finality === "latest") return latest;
  try {
    return (await provider.getBlock(finality))?.number ?? -1;
  } catch (error) {
    if (!/tag|unknown block|invalid|unsupported|not supported|not found/i.test(String(error))) throw error;
    throw new RollupError(
      "FINALITY_UNKNOWN",
      "The settlement layer's node does not say which block this is.",
      { given: finality, do: "give a number of blocks as `finality` in `config.rollup.l1`, such as 64" },
      error as Error,
    );
  }
}
