import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";

import { equalWords, zeroHashes } from "../../plugin/machines/hashing.js";
import { MerkleTree, type Opening } from "../../plugin/machines/merkle.js";

function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return keccak_256(new Uint8Array([...left, ...right]));
}

/** The root by the definition, leaf by leaf. */
function plainRoot(depth: number, leaves: Map<number, Uint8Array>): Uint8Array {
  let level = leaves;
  for (let height = 0; height < depth; height++) {
    const parents = new Map<number, Uint8Array>();
    for (const index of level.keys()) {
      const left = level.get((index & ~1) >>> 0) ?? zeroHashes[height];
      parents.set(index >>> 1, hashPair(left, level.get((index | 1) >>> 0) ?? zeroHashes[height]));
    }
    level = parents;
  }
  return level.get(0) ?? zeroHashes[depth];
}

function rootOfOpening(depth: number, index: number, height: number, opening: Opening): Uint8Array {
  let nodes: Uint8Array[] = [];
  for (let i = 0; i < opening.leaves.length; i += 32) nodes.push(opening.leaves.subarray(i, i + 32));
  while (nodes.length > 1) nodes = nodes.flatMap((node, i) => (i % 2 === 0 ? [hashPair(node, nodes[i + 1])] : []));
  let [node, next] = [nodes[0], 0];
  for (let level = height; level < depth; level++) {
    const sibling = (opening.bitmap >>> level) & 1 ? zeroHashes[level] : opening.siblings[next++];
    node = (index >>> level) & 1 ? hashPair(sibling, node) : hashPair(node, sibling);
  }
  expect(next).to.equal(opening.siblings.length);
  return node;
}

const writes = (depth: number): fc.Arbitrary<[number, number][]> =>
  fc.array(
    fc.tuple(
      fc.oneof(fc.nat(300), fc.nat(2 ** Math.min(depth, 31) - 1)).map((index) => index % 2 ** depth),
      fc.nat(3),
    ),
    { maxLength: 40 },
  );

function leafOf(value: number): Uint8Array {
  const leaf = new Uint8Array(32);
  leaf[31] = value;
  return leaf;
}

describe("MerkleTree", () => {
  for (const depth of [0, 1, 3, 7, 8, 14, 27, 32]) {
    it(`of depth ${depth} has the root of its leaves after any writes, whenever it is asked`, () => {
      fc.assert(
        fc.property(writes(depth), fc.nat(4), (list, askEvery) => {
          let tree = MerkleTree.empty(depth);
          const leaves = new Map<number, Uint8Array>();
          list.forEach(([index, value], i) => {
            tree = tree.withLeaf(index, leafOf(value));
            leaves.set(index, leafOf(value));
            if (i % (askEvery + 1) === 0) tree.root();
          });
          expect(tree.root()).to.deep.equal(plainRoot(depth, leaves));
        }),
        { seed: depth, numRuns: 40 },
      );
    });

    it(`of depth ${depth} opens every leaf and subtree in one form`, () => {
      fc.assert(
        fc.property(
          writes(depth),
          fc.nat(2 ** Math.min(depth, 31) - 1),
          fc.nat(Math.min(depth, 4)),
          (list, at, height) => {
            let tree = MerkleTree.empty(depth);
            for (const [index, value] of list) tree = tree.withLeaf(index, leafOf(value));
            const index = at - (at % 2 ** height);
            const opening = tree.opening(index, height);
            expect(rootOfOpening(depth, index, height, opening)).to.deep.equal(tree.root());
            expect(opening.bitmap & (2 ** height - 1)).to.equal(0);
            opening.siblings.forEach((sibling) => {
              expect(zeroHashes.some((zero) => equalWords(zero, sibling))).to.equal(false);
            });
          },
        ),
        { seed: depth, numRuns: 40 },
      );
    });
  }

  it("of many pages, replaced many at a time, some twice, has the root of its leaves", () => {
    const page = fc.tuple(fc.nat(63), fc.nat(127), fc.nat(3));
    fc.assert(
      fc.property(fc.array(fc.array(page, { maxLength: 80 }), { maxLength: 4 }), (rounds) => {
        let tree = MerkleTree.empty(13);
        for (const round of rounds) {
          const pages = round.map(([index, leaf, value]): [number, Uint8Array] => {
            const data = tree.page(index)?.slice() ?? new Uint8Array(4096);
            data[leaf * 32] = value;
            return [index, data];
          });
          tree = tree.withPages(pages);
          const last = new Map(pages);
          for (const [index, data] of last) expect(tree.page(index)).to.equal(data);
          tree.root();
        }
        const leaves = new Map<number, Uint8Array>();
        for (let i = 0; i < 2 ** 13; i++) {
          if (tree.leaf(i).some((byte) => byte !== 0)) leaves.set(i, tree.leaf(i));
        }
        expect(tree.root()).to.deep.equal(plainRoot(13, leaves));
        expect(tree.withPages([])).to.deep.equal(tree);
      }),
      { seed: 13, numRuns: 10 },
    );
  });

  it("is hashed together with trees of other depths as it is alone", () => {
    const depths = [0, 1, 2, 5, 7, 9, 13, 27];
    const grown = (depth: number, at: number): MerkleTree =>
      MerkleTree.of(
        depth,
        Uint8Array.from({ length: 32 << Math.min(depth, 9) }, (_, i) => i % 251),
      ).withLeaf(at % 2 ** depth, leafOf(77));
    for (const at of [0, 300, 5000]) {
      const together = depths.map((depth) => grown(depth, at));
      MerkleTree.hash([...together, MerkleTree.empty(8)]);
      expect(together.map((tree) => tree.root())).to.deep.equal(depths.map((depth) => grown(depth, at).root()));
    }
  });

  it("of a change is a new tree; the old one keeps its root", () => {
    const one = MerkleTree.of(13, new Uint8Array(2 ** 18).fill(3));
    const other = one.withLeaf(5000, leafOf(1));
    const root = one.root().slice();
    expect(other.root()).not.to.deep.equal(root);
    expect(one.root()).to.deep.equal(root);
    expect(other.withLeaf(5000, new Uint8Array(32).fill(3)).root()).to.deep.equal(root);
  });

  it("names the pages in which two trees differ, and no page that they share", () => {
    const one = MerkleTree.empty(20).withLeaf(5, leafOf(1)).withLeaf(70_000, leafOf(2));
    const other = one.withLeaf(70_001, leafOf(3)).withLeaf(900_000, leafOf(4));
    expect([...one.differingPages(other)]).to.deep.equal([546, 7031]);
    expect([...one.differingPages(one)]).to.deep.equal([]);
  });

  it("of bytes is the tree of their words", () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) % 251);
    const leaves = new Map<number, Uint8Array>();
    for (let i = 0; i < bytes.length; i += 32) {
      const leaf = new Uint8Array(32);
      leaf.set(bytes.subarray(i, i + 32));
      leaves.set(i / 32, leaf);
    }
    expect(MerkleTree.of(11, bytes).root()).to.deep.equal(plainRoot(11, leaves));
  });
});
