import { BlobMissingError, type Attempt } from "./blobMissingError.js";
import type { Hex } from "../hex.js";
import { versionedHash, type Kzg } from "./kzg.js";
import type { BlobHint, BlobPlace, BlobStore } from "./store.js";

/** Several places, asked in turn; what the first that has the blob gives is kept in those before it that keep blobs. */
export class ChainedStore implements BlobStore {
  /** @param places The nearest first. */
  public constructor(
    private readonly places: readonly BlobPlace[],
    private readonly kzg: Kzg,
  ) {}

  public async get(hash: Hex, hint: BlobHint = {}): Promise<Uint8Array> {
    const attempts: Attempt[] = [];
    for (const place of this.places) {
      const found = await this.ask(place, hash, hint);
      if (found instanceof Uint8Array) {
        // What keeps a copy failing is no reason not to give the blob.
        await this.keep(this.places.slice(0, attempts.length), found, hash).catch(() => undefined);
        return found;
      }
      attempts.push({ place: place.name, said: found });
    }
    throw new BlobMissingError(hash, attempts);
  }

  public async put(blob: Uint8Array, commitment: Hex): Promise<void> {
    await this.keep(this.places, blob, versionedHash(commitment));
  }

  /** A blob that is the right one, or why there is none. */
  private async ask(place: BlobPlace, hash: Hex, hint: BlobHint): Promise<Uint8Array | string> {
    try {
      const blob = await place.get(hash, hint);
      if (!blob) return "has no such blob";
      const given = versionedHash(await this.kzg.commit(blob));
      return given === hash ? blob : `gave a blob whose versioned hash is ${given}`;
    } catch (error) {
      return sentence(error);
    }
  }

  private async keep(places: readonly BlobPlace[], blob: Uint8Array, hash: Hex): Promise<void> {
    await Promise.all(places.map(async (place) => place.put?.(blob, hash)));
  }
}

/** An error's first line, and that of what caused it: `fetch failed` alone says nothing. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? ` (${error.cause.message || String((error.cause as { code?: unknown }).code)})` : "";
  return error.message.split("\n")[0] + cause;
}
