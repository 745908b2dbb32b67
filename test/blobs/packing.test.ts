import { expect } from "chai";
import fc from "fast-check";

import { checkBlob } from "../../plugin/blobs/elements.js";
import { BLOB_PAYLOAD, blobsFor, packBlobs, unpackBlobs } from "../../plugin/blobs/packing.js";
import { RollupError } from "../../plugin/errors.js";

const SEED = 4844;

describe("bytes in blobs", () => {
  it("come back as they were, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3 * BLOB_PAYLOAD, size: "max" }), (bytes) => {
        const blobs = packBlobs(bytes);
        expect(blobs.length).to.equal(blobsFor(bytes.length));
        blobs.forEach(checkBlob);
        expect(Buffer.compare(unpackBlobs(blobs, bytes.length), bytes)).to.equal(0);
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it("take one blob more from the byte on that the last one has no room for, and six at most", () => {
    for (const count of [1, 2, 6]) {
      expect(packBlobs(new Uint8Array(count * BLOB_PAYLOAD).fill(255)).length).to.equal(count);
    }
    expect(packBlobs(new Uint8Array(BLOB_PAYLOAD + 1)).length).to.equal(2);
    expect(packBlobs(new Uint8Array(0)).length).to.equal(1);
    expect(() => packBlobs(new Uint8Array(6 * BLOB_PAYLOAD + 1)))
      .to.throw(RollupError)
      .with.property("code", "BLOB_BATCH_TOO_LONG");
  });

  it("stand 31 to an element, below a zero byte", () => {
    const bytes = new Uint8Array(2 * BLOB_PAYLOAD).map((_, at) => (at % 251) + 1);
    const [first, second] = packBlobs(bytes);
    expect(first[0]).to.equal(0);
    expect([...first.subarray(1, 32)]).to.deep.equal([...bytes.subarray(0, 31)]);
    expect(first[32 * 4095]).to.equal(0);
    expect([...first.subarray(32 * 77 + 1, 32 * 78)]).to.deep.equal([...bytes.subarray(31 * 77, 31 * 78)]);
    expect([...second.subarray(33, 64)]).to.deep.equal([...bytes.subarray(31 * 4097, 31 * 4098)]);
  });

  it("are an element's low 31, whatever stands above them", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
    const [blob] = packBlobs(bytes);
    blob[0] = blob[32] = 0x73;
    expect([...unpackBlobs([blob], 100)]).to.deep.equal([...bytes]);
  });

  it("are not more than their blobs hold", () => {
    const [blob] = packBlobs(new Uint8Array(5));
    expect(unpackBlobs([blob], BLOB_PAYLOAD).length).to.equal(BLOB_PAYLOAD);
    expect(() => unpackBlobs([blob], BLOB_PAYLOAD + 1))
      .to.throw(RollupError)
      .with.property("code", "BLOB_BATCH_TOO_SHORT");
  });
});
