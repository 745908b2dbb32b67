import { keccak_256 } from "@noble/hashes/sha3.js";

import type { PreimageStore } from "../../types/ethers-contracts/machines/PreimageStore.js";
import { RollupError } from "../errors.js";
import { bytesToHex, hexToBytes, type Hex } from "../hex.js";
import type { MachineHost } from "../machines/machine.js";
import { MemoryPreimages } from "./memoryStore.js";
import type { PreimageLog } from "./nodeStore.js";

/** What is known of a hash as of some block: its preimage and the block that published it, or that there was none. */
export type KnownPreimage = { readonly asOf: bigint } & (
  { readonly publishedAt: bigint; readonly data: Uint8Array } | { readonly publishedAt: undefined }
);

/** A guest asks for a preimage that was not looked up yet; look it up and execute the input anew. */
export class PreimageNeeded extends Error {
  public constructor(public readonly hash: Hex) {
    super(`the preimage of ${hash} was not looked up`);
  }
}

/**
 * The preimages that guests read. A machine runs without waiting for a network: what it asks for first is looked up while its input is
 * put aside. Only what is asked for is ever read from the settlement layer.
 */
export class Preimages implements Pick<MachineHost, "preimage"> {
  public constructor(
    private readonly store: PreimageStore,
    private readonly log: PreimageLog = new MemoryPreimages(),
  ) {}

  /** @throws {PreimageNeeded} if it was not looked up. */
  public preimage(hash: Hex, beforeBlock: bigint): Uint8Array | undefined {
    const known = this.log.get(hash);
    if (known === undefined) throw new PreimageNeeded(hash);
    if (known.publishedAt !== undefined) return known.publishedAt < beforeBlock ? known.data : undefined;
    // A preimage that comes later is published in a block after that one.
    if (beforeBlock <= known.asOf + 1n) return undefined;
    throw new PreimageNeeded(hash);
  }

  /** Looks a preimage up. @throws {RollupError} `PREIMAGE_MISSING` if the store knows it and the provider does not give it. */
  public async lookUp(hash: Hex): Promise<void> {
    const latest = await this.store.runner?.provider?.getBlockNumber();
    const publishedAt = await this.store.publishedAt(hash, { blockTag: latest });
    const asOf = BigInt(latest ?? 0);
    if (publishedAt === 0n) this.log.put(hash, { publishedAt: undefined, asOf });
    else this.log.put(hash, { publishedAt, asOf, data: await this.read(hash, Number(publishedAt)) });
  }

  private async read(hash: Hex, block: number): Promise<Uint8Array> {
    const filter = this.store.filters.PreimagePublished(hash);
    for (const { args } of await this.store.queryFilter(filter, block, block)) {
      const data = hexToBytes(args.data as Hex);
      if (bytesToHex(keccak_256(data)) === hash) return data;
    }
    throw new RollupError("PREIMAGE_MISSING", "The provider does not give a preimage that was published.", {
      hash,
      block,
    });
  }
}
