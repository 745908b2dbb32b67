import type { Hex } from "../hex.js";
import { versionedHash } from "./kzg.js";
import type { BlobStore } from "./store.js";

/** Keeps blobs as long as this process runs: enough for a network that ends with it. */
export class MemoryStore implements BlobStore {
  public readonly name = "this process";
  private readonly blobs = new Map<Hex, Uint8Array>();

  public get(hash: Hex): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.blobs.get(hash));
  }

  public put(blob: Uint8Array, commitment: Hex): Promise<void> {
    this.blobs.set(versionedHash(commitment), blob);
    return Promise.resolve();
  }
}
