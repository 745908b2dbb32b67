import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";

import { hashNode, hashPair, zeroHashes } from "../../plugin/machines/hashing.js";

describe("hashNode", () => {
  it("is keccak256 of 64 bytes, wherever they lie", () => {
    const bytes = fc.uint8Array({ minLength: 128, maxLength: 128 });
    fc.assert(
      fc.property(bytes, fc.nat(64), fc.nat(96), (source, from, to) => {
        const expected = source.slice();
        expected.set(keccak_256(source.slice(from, from + 64)), to);
        hashNode(source, from, source, to);
        expect(source).to.deep.equal(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("makes pairs and zero subtrees", () => {
    const [left, right] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(255)];
    expect(hashPair(left, right)).to.deep.equal(keccak_256(new Uint8Array([...left, ...right])));
    expect(zeroHashes[2]).to.deep.equal(hashPair(keccak_256(new Uint8Array(64)), keccak_256(new Uint8Array(64))));
  });
});
