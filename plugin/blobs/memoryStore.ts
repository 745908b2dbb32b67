import type { Hex } from "../hex.js";
import { BlobMissingError } from "./blobMissingError.js";
import { versionedHash } from "./kzg.js";
import type { BlobStore } from "./store.js";

/** Keeps blobs as long as this process runs: enough for a network that ends with it. */
export class MemoryStore implements BlobStore {
  private readonly blobs = new Map<Hex, Uint8Array>();

  public async get(hash: Hex): Promise<Uint8Array> {
    const blob = this.blobs.get(hash);
    if (blob) return blob;
    throw new BlobMissingError(hash, [{ place: "this process", said: "has no such blob" }]);
  }

  public async put(blob: Uint8Array, commitment: Hex): Promise<void> {
    this.blobs.set(versionedHash(commitment), blob);
  }
}
