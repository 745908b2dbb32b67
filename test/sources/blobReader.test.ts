import { expect } from "chai";

import type { BlobAccess } from "../../plugin/blobs/access.js";
import { versionedHash } from "../../plugin/blobs/kzg.js";
import { MemoryStore } from "../../plugin/blobs/memoryStore.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import type { Hex } from "../../plugin/hex.js";
import type { InputHeader } from "../../plugin/input.js";
import { BlobReader } from "../../plugin/sources/blobReader.js";
import { commitBlobs, decodeBlobBatch, encodeBlobBatch } from "../../plugin/sources/blobSource.js";
import { noise } from "../helpers/blobBatch.js";

const TRANSACTION: Hex = `0x${"ab".repeat(32)}`;

/** Points that nothing is committed to: a reader takes what its store gives, which checks it. */
const COMMITMENTS = [1, 2, 3].map((byte): Hex => `0x${`0${byte}`.repeat(48)}`);
const HASHES = COMMITMENTS.map(versionedHash);
const DATA = COMMITMENTS.map((_, seed) => noise(100, seed));

describe("a reader of batches in blobs", () => {
  /** On a settlement layer whose one transaction carried blobs of these hashes; all that were ever sent are archived. */
  async function reader(carried: readonly Hex[] | undefined): Promise<BlobReader> {
    const store = new MemoryStore();
    for (const [index, data] of DATA.entries()) await store.put(packBlobs(data)[0], COMMITMENTS[index]);
    const answer = carried === undefined ? null : { blobVersionedHashes: carried };
    const request: BlobAccess["request"] = (method, params) => {
      expect([method, ...params]).to.deep.equal(["eth_getTransactionByHash", TRANSACTION]);
      return Promise.resolve(answer);
    };
    return new BlobReader({ store, request, keyOf: () => Promise.resolve(undefined) });
  }

  async function read(from: BlobReader, first: number, commitment: Hex): Promise<Uint8Array> {
    const header = { commitment, length: 100n, timestamp: 7n } as InputHeader;
    const posted = encodeBlobBatch({ length: 100, first });
    return (await from.read({ header, posted, transaction: TRANSACTION })).data;
  }

  async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
    return promise.then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
  }

  it("finds each of several batches that share a transaction", async () => {
    const from = await reader(HASHES);
    for (const first of [0, 1, 2]) {
      expect(await read(from, first, commitBlobs([HASHES[first]]))).to.deep.equal(DATA[first]);
    }
  });

  it("believes no provider that names other blobs, or too few, or none", async () => {
    const right = commitBlobs([HASHES[1]]);
    for (const carried of [[HASHES[1], HASHES[0]], [HASHES[0]], []]) {
      expect(await codeOf(read(await reader(carried), 1, right))).to.equal("DERIVATION_MISMATCH");
    }
  });

  it("notices that a transaction is gone", async () => {
    expect(await codeOf(read(await reader(undefined), 0, commitBlobs([HASHES[0]])))).to.equal("REORGANIZED");
  });

  it("names a blob that nobody has", async () => {
    const unknown = versionedHash(`0x${"04".repeat(48)}`);
    expect(await codeOf(read(await reader([unknown]), 0, commitBlobs([unknown])))).to.equal("BLOB_MISSING");
  });

  it("takes data only of the form that the contract takes", () => {
    expect(decodeBlobBatch(encodeBlobBatch({ length: 761_856, first: 5 }))).to.deep.equal({
      length: 761_856,
      first: 5,
    });
    expect(() => decodeBlobBatch(new Uint8Array(4))).to.throw("which blobs hold it");
    expect(() => decodeBlobBatch(new Uint8Array(6))).to.throw("which blobs hold it");
  });
});
