import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";

import { nodeHasher } from "../../../plugin/machines/hashing.js";
import { JOB_CAPACITY, NODE_CAPACITY, type NodeHasher } from "../../../plugin/machines/hashing/nodeHasher.js";
import { makeNobleHasher } from "../../../plugin/machines/hashing/nobleHasher.js";
import { makeSimdHasher } from "../../../plugin/machines/hashing/simdHasher.js";

const HASHERS: Record<string, NodeHasher> = { "the SIMD hasher": makeSimdHasher()!, "the fallback": makeNobleHasher() };

function fillRandomly(nodes: Uint8Array, seed: number): void {
  let state = seed;
  for (let i = 0; i < nodes.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    nodes[i] = state >>> 24;
  }
}

/** keccak256 of the node `children` and the one behind it. */
function parentOf(nodes: Uint8Array, children: number): Uint8Array {
  return keccak_256(nodes.slice(children * 32, children * 32 + 64));
}

for (const [name, hasher] of Object.entries(HASHERS)) {
  describe(name, () => {
    it("makes levels of any length, even or odd, and writes nothing else", () => {
      fc.assert(
        fc.property(fc.integer(), fc.nat(40), fc.nat(40), fc.nat(20), (seed, count, children, gap) => {
          fillRandomly(hasher.nodes, seed);
          const parents = children + 2 * count + gap;
          const expected = hasher.nodes.slice();
          for (let i = 0; i < count; i++) expected.set(parentOf(expected, children + 2 * i), (parents + i) * 32);
          hasher.hashLevel(children, parents, count);
          expect(Buffer.compare(hasher.nodes, expected)).to.equal(0);
        }),
        { seed: 1, numRuns: 50 },
      );
    });

    it("makes listed parents here and there, and writes nothing else", () => {
      const places = fc.uniqueArray(fc.nat(NODE_CAPACITY / 4 - 1), { maxLength: 60 });
      fc.assert(
        fc.property(fc.integer(), places, (seed, list) => {
          fillRandomly(hasher.nodes, seed);
          const expected = hasher.nodes.slice();
          list.forEach((place, index) => {
            const parent = NODE_CAPACITY - 1 - place;
            expected.set(parentOf(expected, 2 * place), parent * 32);
            hasher.jobs.set([2 * place, parent], 2 * index);
          });
          hasher.hashListed(list.length);
          expect(Buffer.compare(hasher.nodes, expected)).to.equal(0);
        }),
        { seed: 2, numRuns: 50 },
      );
    });

    it("hashes bytes of every length around its blocks, into any node, those that are hashed included", () => {
      fillRandomly(hasher.nodes, 4);
      for (const length of [...Array.from({ length: 420 }, (_, i) => i), 4096, NODE_CAPACITY * 32]) {
        const target = length % 7;
        const expected = keccak_256(hasher.nodes.slice(0, length));
        hasher.hashBytes(length, target);
        expect(Buffer.compare(hasher.nodes.slice(target * 32, target * 32 + 32), expected), `${length}`).to.equal(0);
      }
    });

    it("uses all of its nodes and jobs", () => {
      fillRandomly(hasher.nodes, 3);
      const expected = parentOf(hasher.nodes, NODE_CAPACITY - 2);
      for (let job = 0; job < JOB_CAPACITY; job++) hasher.jobs.set([NODE_CAPACITY - 2, job], 2 * job);
      hasher.hashListed(JOB_CAPACITY);
      for (const node of [0, 1, JOB_CAPACITY - 2, JOB_CAPACITY - 1]) {
        expect(hasher.nodes.slice(node * 32, node * 32 + 32)).to.deep.equal(expected);
      }
    });
  });
}

describe("nodeHasher", () => {
  it("is the SIMD hasher on the engine that runs this", () => {
    expect(nodeHasher.nodes.buffer).not.to.equal(HASHERS["the fallback"].nodes.buffer);
    expect(nodeHasher.nodes.byteOffset).to.equal(HASHERS["the SIMD hasher"].nodes.byteOffset);
    expect(nodeHasher.nodes.byteOffset).to.be.greaterThan(0);
  });

  it("falls back where the engine refuses the module", () => {
    expect(makeSimdHasher(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0))).to.equal(undefined);
  });

  it("falls back where there is no WebAssembly", () => {
    const engine = globalThis as { WebAssembly?: typeof WebAssembly };
    const kept = engine.WebAssembly;
    try {
      delete engine.WebAssembly;
      expect(makeSimdHasher()).to.equal(undefined);
    } finally {
      engine.WebAssembly = kept;
    }
  });
});
