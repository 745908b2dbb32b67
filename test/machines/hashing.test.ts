import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";

import { hashLevel, hashPair, hashParts, zeroHashes } from "../../plugin/machines/hashing.js";

describe("hashPair", () => {
  it("is keccak256 of both", () => {
    const [left, right] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(255)];
    expect(hashPair(left, right)).to.deep.equal(keccak_256(new Uint8Array([...left, ...right])));
  });

  it("gives hashes that later ones leave alone", () => {
    const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const first = hashPair(one, two);
    const copy = first.slice();
    hashPair(two, one);
    expect(first).to.deep.equal(copy);
  });
});

describe("hashLevel", () => {
  it("gives the level above, also of more nodes than a hasher holds", () => {
    for (const count of [0, 2, 6, 4096, 4098, 20_000]) {
      const nodes = Uint8Array.from({ length: 32 * count }, (_, i) => (i * i) % 251);
      const parents = hashLevel(nodes);
      expect(parents.length).to.equal(16 * count);
      for (const at of [0, 1, 2047, 2048, 2049, 9999].filter((index) => index < count / 2)) {
        const expected = keccak_256(nodes.subarray(64 * at, 64 * at + 64));
        expect(parents.slice(32 * at, 32 * at + 32)).to.deep.equal(expected);
      }
    }
  });
});

describe("hashParts", () => {
  it("is keccak256 of the parts, one after the other", () => {
    const parts = [3, 0, 200, 32].map((length, index) => new Uint8Array(length).fill(index + 1));
    expect(hashParts(...parts)).to.deep.equal(keccak_256(new Uint8Array(Buffer.concat(parts))));
    expect(hashParts()).to.deep.equal(keccak_256(new Uint8Array()));
  });
});

describe("zeroHashes", () => {
  it("are the roots of zero subtrees by height", () => {
    let root: Uint8Array = new Uint8Array(32);
    for (const zero of zeroHashes) {
      expect(zero).to.deep.equal(root);
      root = keccak_256(new Uint8Array([...root, ...root]));
    }
    expect(zeroHashes.length).to.equal(33);
  });
});
