import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";

import { makeNobleHasher } from "../../plugin/machines/hashing/nobleHasher.js";
import type { NodeHasher } from "../../plugin/machines/hashing/nodeHasher.js";
import { Page } from "../../plugin/machines/page.js";

/** All nodes by the definition, from the leaves upwards. */
function plainLevels(data: Uint8Array): Uint8Array[][] {
  const levels = [Array.from({ length: data.length / 32 }, (_, i) => data.slice(i * 32, i * 32 + 32))];
  while (levels[0].length > 1) {
    const below = levels[0];
    levels.unshift(
      Array.from({ length: below.length / 2 }, (_, i) =>
        keccak_256(new Uint8Array([...below[2 * i], ...below[2 * i + 1]])),
      ),
    );
  }
  return levels.reverse();
}

function expectNodes(page: Page): void {
  plainLevels(page.data).forEach((nodes, height) =>
    nodes.forEach((node, index) => expect(page.node(height, index)).to.deep.equal(node)),
  );
  expect(page.root()).to.deep.equal(plainLevels(page.data).at(-1)?.[0]);
}

/** Counts the nodes that are hashed. */
function countingHasher(): NodeHasher & { hashed: number } {
  const plain = makeNobleHasher();
  const counting = {
    ...plain,
    hashed: 0,
    hashListed(count: number): void {
      counting.hashed += count;
      plain.hashListed(count);
    },
  };
  return counting;
}

const word = fc.tuple(fc.nat(127), fc.oneof(fc.constant(0), fc.nat(255)));
const writes = fc.array(word, { maxLength: 12 });

function written(data: Uint8Array, list: readonly (readonly [number, number])[]): Uint8Array {
  const next = data.slice();
  for (const [leaf, value] of list) next[((leaf * 32) % data.length) + (leaf % 32)] = value;
  return next;
}

describe("Page", () => {
  for (const size of [32, 64, 256, 4096]) {
    it(`of ${size} bytes that replaces others has the nodes of its leaves, whichever of them were hashed`, () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(writes, fc.boolean()), { minLength: 1, maxLength: 5 }), (changes) => {
          let page = new Page(new Uint8Array(size));
          for (const [list, asked] of changes) {
            page = new Page(written(page.data, list), page);
            if (asked) page.root();
          }
          expectNodes(page);
        }),
        { seed: size, numRuns: 25 },
      );
    });
  }

  it("is hashed together with more others than fit at once", () => {
    const bases = Array.from({ length: 70 }, (_, i) => new Page(written(new Uint8Array(4096), [[i, i]])));
    Page.hash(bases.filter((_, i) => i % 3 === 0));
    const pages = bases.map((base, i) => new Page(written(base.data, [[(i * 7) % 128, 200]]), base));
    Page.hash(pages);
    for (const page of [...pages.slice(0, 4), ...pages.slice(-8)]) expectNodes(page);
  });

  it("costs one path for a changed word, two where they meet, nothing for none and for zeros", () => {
    const hasher = countingHasher();
    const cost = (page: Page): number => {
      hasher.hashed = 0;
      Page.hash([page], hasher);
      expectNodes(page);
      return hasher.hashed;
    };
    const full = new Page(new Uint8Array(4096).fill(1));
    expect(cost(full)).to.equal(127);
    expect(cost(full)).to.equal(0);
    expect(cost(new Page(full.data.slice(), full))).to.equal(0);
    expect(cost(new Page(written(full.data, [[77, 9]]), full))).to.equal(7);
    expect(
      cost(
        new Page(
          written(full.data, [
            [0, 9],
            [127, 9],
          ]),
          full,
        ),
      ),
    ).to.equal(13);
    expect(cost(new Page(new Uint8Array(4096)))).to.equal(0);
    expect(cost(new Page(written(new Uint8Array(4096), [[77, 9]])))).to.equal(7);
    expect(cost(new Page(new Uint8Array(4096), full))).to.equal(0);
  });
});
