import { concatBytes } from "@noble/hashes/utils.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { FIELD_ELEMENTS, loadKzg, versionedHash } from "../blobs/kzg.js";
import { ELEMENT_PAYLOAD } from "../blobs/packing.js";
import { RollupError } from "../errors.js";
import { bytesToHex, hexToBytes, type Hex } from "../hex.js";

const WORD = 32;
/** `length (4) | number of the first blob (1)`. */
const DATA_LENGTH = 5;

/** What `BlobSource.commit` takes. */
export interface BlobBatchData {
  /** Of the batch, in bytes. */
  readonly length: number;
  /** The number of its first blob among those of the transaction. */
  readonly first: number;
}

/** What a sequencer posts of a batch that is in its transaction's blobs. */
export function encodeBlobBatch({ length, first }: BlobBatchData): Uint8Array {
  const data = new Uint8Array(DATA_LENGTH);
  const view = new DataView(data.buffer);
  view.setUint32(0, length);
  view.setUint8(4, first);
  return data;
}

/**
 * The reverse of `encodeBlobBatch`.
 * @throws {RollupError} `BLOB_BATCH_DATA` if the contract would have refused it.
 */
export function decodeBlobBatch(data: Uint8Array): BlobBatchData {
  if (data.length !== DATA_LENGTH) {
    throw new RollupError("BLOB_BATCH_DATA", "A batch's data does not say which blobs hold it.", {
      given: bytesToHex(data),
      expected: `${DATA_LENGTH} bytes`,
    });
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return { length: view.getUint32(0), first: view.getUint8(4) };
}

/** The commitment to a batch in these blobs. */
export function commitBlobs(versionedHashes: readonly Hex[]): Hex {
  return bytesToHex(keccak_256(concatBytes(...versionedHashes.map(hexToBytes))));
}

/** The elements, counted over the batch's blobs, that the word at `index` of a batch of `length` bytes is in: one or two of one blob. */
export function elementsOfWord(length: number, index: number): number[] {
  const start = WORD * index;
  const element = Math.floor(start / ELEMENT_PAYLOAD);
  const inFirst = ELEMENT_PAYLOAD - (start % ELEMENT_PAYLOAD);
  return length - start > inFirst ? [element, element + 1] : [element];
}

/** A batch in blobs, whose words can be proved; the twin of `BlobSource`. */
export class BlobBatch {
  /**
   * @param length Of the batch, in bytes.
   * @param blobs As many as that takes. @param commitments Theirs, in their order.
   */
  public constructor(
    private readonly length: number,
    private readonly blobs: readonly Uint8Array[],
    private readonly commitments: readonly Hex[],
  ) {}

  /** Commits to blobs of which nothing but the bytes is known. */
  public static async of(length: number, blobs: readonly Uint8Array[]): Promise<BlobBatch> {
    const kzg = await loadKzg();
    return new BlobBatch(length, blobs, await Promise.all(blobs.map((blob) => kzg.commit(blob))));
  }

  /** What the inbox stores of the batch. */
  public get commitment(): Hex {
    return commitBlobs(this.versionedHashes);
  }

  /** What `BlobSource.word` takes as the proof of the word at `index`, which begins within the batch. */
  public async proveWord(index: number): Promise<Uint8Array> {
    const kzg = await loadKzg();
    const elements = elementsOfWord(this.length, index);
    const blob = Math.floor(elements[0] / FIELD_ELEMENTS);
    const places = elements.map((element) => element % FIELD_ELEMENTS);
    const openings = await kzg.openAll(this.blobs[blob], places);
    const parts = openings.flatMap(({ value, proof }) => [value, proof]);
    return concatBytes(...[...this.versionedHashes, this.commitments[blob], ...parts].map(hexToBytes));
  }

  private get versionedHashes(): Hex[] {
    return this.commitments.map(versionedHash);
  }
}
