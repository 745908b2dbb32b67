import { concatBytes } from "@noble/hashes/utils.js";

import { BlobMissingError } from "../blobs/blobMissingError.js";
import { elementAt } from "../blobs/elements.js";
import { BLOB_BYTES, FIELD_ELEMENTS, loadKzg, versionedHash } from "../blobs/kzg.js";
import type { BlobStore } from "../blobs/store.js";
import { RollupError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import type { Committed } from "./calldataHistory.js";
import { HISTORY_WIDTHS } from "./historyKind.js";
import type { History, Posted, PostedHistory } from "./history.js";

/** The logarithm of the number of elements. */
export const BLOB_HISTORY_WIDTH = HISTORY_WIDTHS.blob;

const WORD = 32;
/** The number of the only blob of a claim's transaction. */
const BLOB_NUMBER = 0;

/** 4,096 states in a blob of the transaction that claims them; the twin of `BlobHistory`. */
export class BlobHistory implements History {
  public readonly kind = "blob";
  public readonly width = BLOB_HISTORY_WIDTH;

  public constructor(private readonly store: BlobStore | undefined) {}

  public async commit(elements: readonly Hex[]): Promise<Hex> {
    return (await commitBlobHistory(elements)).commitment;
  }

  public encode(_start: Hex, elements: readonly Hex[]): Promise<Posted> {
    return encodeBlobHistory(elements);
  }

  /** @throws {BlobMissingError} If the blob is in no place that is looked at. */
  public async decode({ commitment, timestamp }: PostedHistory): Promise<Hex[]> {
    if (this.store === undefined) throw new BlobMissingError(commitment, []);
    return statesOf(await this.store.get(commitment, { timestamp: Number(timestamp) }));
  }

  public open(elements: readonly Hex[], index: number): Promise<Uint8Array> {
    return openBlobHistory(elements, index);
  }
}

/** Twin of `BlobHistory.commit`, from the elements themselves. */
export async function commitBlobHistory(elements: readonly Hex[]): Promise<Committed> {
  const kzg = await loadKzg();
  const commitment = await kzg.commit(blobOf(elements));
  return { commitment: versionedHash(commitment), last: elements[FIELD_ELEMENTS - 1] };
}

/**
 * What a claim posts: the data that `BlobHistory.commit` reads, and the blob.
 * @param elements The states at indices 1 to 4096.
 */
export async function encodeBlobHistory(elements: readonly Hex[]): Promise<Posted> {
  const kzg = await loadKzg();
  const data = blobOf(elements);
  const [commitment, last] = await Promise.all([kzg.commit(data), kzg.open(data, FIELD_ELEMENTS - 1)]);
  const posted = concatBytes(
    Uint8Array.of(BLOB_NUMBER),
    hexToBytes(last.value),
    hexToBytes(commitment),
    hexToBytes(last.proof),
  );
  return { data: posted, blobs: [{ data, commitment }] };
}

/** The proof that `BlobHistory.open` takes for the states at `index` and `index + 1`, `index` from 0 to 4095. */
export async function openBlobHistory(elements: readonly Hex[], index: number): Promise<Uint8Array> {
  const kzg = await loadKzg();
  const blob = blobOf(elements);
  const indices = index === 0 ? [0] : [index - 1, index];
  const [commitment, openings] = await Promise.all([kzg.commit(blob), kzg.openAll(blob, indices)]);
  return concatBytes(hexToBytes(commitment), ...openings.map(({ proof }) => hexToBytes(proof)));
}

/** The states at indices 1 to 4096 of a blob's history, as whole words. */
export function statesOf(blob: Uint8Array): Hex[] {
  return Array.from({ length: FIELD_ELEMENTS }, (_, index) => elementAt(blob, index));
}

/**
 * The blob that holds these states.
 * @throws {RollupError} `HISTORY_MALFORMED` if there are not 4096.
 */
export function blobOf(elements: readonly Hex[]): Uint8Array {
  if (elements.length !== FIELD_ELEMENTS) {
    throw new RollupError("HISTORY_MALFORMED", "A blob history has a fixed number of states.", {
      given: elements.length,
      expected: FIELD_ELEMENTS,
    });
  }
  const blob = new Uint8Array(BLOB_BYTES);
  elements.forEach((element, index) => blob.set(hexToBytes(element), WORD * index));
  return blob;
}
