import { expect } from "chai";
import { keccak256 } from "ethers";
import { network } from "hardhat";

import { bytesToHex } from "../../plugin/hex.js";
import { hashPair, zeroHashes } from "../../plugin/machines/hashing.js";
import { MerkleTree, type Opening } from "../../plugin/machines/merkle.js";
import { Cursor, WitnessWriter } from "../../plugin/machines/witness.js";
import type { CursorHarness } from "../../types/ethers-contracts/index.js";
import { Random } from "./wasm/twins.js";

const Action = { touch: 0, write: 1, subtree: 2 } as const;

interface Use {
  readonly action: number;
  readonly index: number;
  readonly height: number;
  readonly leaf: Uint8Array | string;
}

describe("MerkleCursor on chain", () => {
  const random = new Random(4);
  let harness: CursorHarness;

  before(async () => {
    const { ethers } = await network.create();
    harness = await ethers.deployContract("CursorHarness");
  });

  for (const depth of [0, 1, 2, 5, 14, 27, 31, 32]) {
    it(`reads and writes a tree of depth ${depth} as its twin does`, async () => {
      for (let round = 0; round < 12; round++) {
        const tree = randomTree(depth, round * 3);
        const writer = new WitnessWriter();
        const cursor = new Cursor(tree, writer);
        const uses: Use[] = [];
        let after = tree;
        for (let i = 0; i < 10; i++) {
          const index = someIndex(depth);
          if (random.below(4) === 0) {
            const height = random.below(Math.min(depth, 4) + 1);
            const start = index - (index % 2 ** height);
            uses.push({ action: Action.subtree, index: start, height, leaf: keccak256(cursor.subtree(start, height)) });
            continue;
          }
          uses.push({ action: Action.touch, index, height: 0, leaf: cursor.touch(index).slice() });
          if (random.below(2) === 0) continue;
          const leaf = random.below(3) === 0 ? new Uint8Array(32) : random.bytes(32);
          cursor.write(leaf);
          after = after.withLeaf(index, leaf);
          uses.push({ action: Action.write, index, height: 0, leaf });
        }
        const root = await harness.run(tree.root(), depth, uses, writer.finish());
        expect(root).to.equal(bytesToHex(after.root()));
      }
    });
  }

  it("takes nothing for the current leaf, and an opening of the changed tree after a write", async () => {
    const tree = randomTree(6, 20);
    const [one, other] = [random.bytes(32), random.bytes(32)];
    const uses = [
      { action: Action.touch, index: 9, height: 0, leaf: tree.leaf(9) },
      { action: Action.touch, index: 9, height: 0, leaf: tree.leaf(9) },
      { action: Action.write, index: 9, height: 0, leaf: one },
      { action: Action.touch, index: 9, height: 0, leaf: one },
      { action: Action.write, index: 9, height: 0, leaf: other },
      { action: Action.touch, index: 10, height: 0, leaf: tree.leaf(10) },
    ];
    const changed = tree.withLeaf(9, other);
    const witness = encode(tree.opening(9), changed.opening(10));
    expect(await harness.run(tree.root(), 6, uses, witness)).to.equal(bytesToHex(changed.root()));
    const stale = encode(tree.opening(9), tree.opening(10));
    await expect(harness.run(tree.root(), 6, uses, stale)).to.be.revertedWithCustomError(harness, "WrongOpening");
  });

  it("has no current leaf after a subtree, even one of a single leaf", async () => {
    const tree = randomTree(6, 20);
    const uses = [
      { action: Action.subtree, index: 9, height: 0, leaf: keccak256(tree.leaf(9)) },
      { action: Action.touch, index: 9, height: 0, leaf: tree.leaf(9) },
    ];
    const opening = tree.opening(9);
    expect(await harness.run(tree.root(), 6, uses, encode(opening, opening))).to.equal(bytesToHex(tree.root()));
    await expect(harness.run(tree.root(), 6, uses, encode(opening))).to.be.revertedWithCustomError(
      harness,
      "WitnessTooShort",
    );
  });

  it("refuses a sibling that is the zero subtree, at every height", async () => {
    const depth = 9;
    const tree = MerkleTree.empty(depth).withLeaf(0, random.bytes(32));
    const uses = [{ action: Action.touch, index: 0, height: 0, leaf: tree.leaf(0) }];
    const opening = tree.opening(0);
    expect(opening.siblings).to.deep.equal([]);
    await harness.run(tree.root(), depth, uses, encode(opening));
    for (let height = 0; height < depth; height++) {
      const spelled = { ...opening, bitmap: opening.bitmap ^ (1 << height), siblings: [zeroHashes[height]] };
      await expect(harness.run(tree.root(), depth, uses, encode(spelled))).to.be.revertedWithCustomError(
        harness,
        "ZeroSibling",
      );
    }
  });

  it("refuses bits of the bitmap at heights that the opening does not have", async () => {
    const tree = randomTree(5, 30);
    const touch = [{ action: Action.touch, index: 3, height: 0, leaf: tree.leaf(3) }];
    for (const height of [5, 6, 31]) {
      const opening = { ...tree.opening(3), bitmap: (tree.opening(3).bitmap | (1 << height)) >>> 0 };
      await expect(harness.run(tree.root(), 5, touch, encode(opening)))
        .to.be.revertedWithCustomError(harness, "WrongBitmap")
        .withArgs(opening.bitmap, 0, 5);
    }
    const { leaves, bitmap, siblings } = tree.opening(8, 2);
    const subtree = [{ action: Action.subtree, index: 8, height: 2, leaf: keccak256(leaves) }];
    for (const height of [0, 1, 5]) {
      const opening = { leaves, bitmap: bitmap | (1 << height), siblings };
      await expect(harness.run(tree.root(), 5, subtree, encode(opening)))
        .to.be.revertedWithCustomError(harness, "WrongBitmap")
        .withArgs(opening.bitmap, 2, 5);
    }
  });

  it("refuses the opening of another leaf, of another tree, and one without its last sibling", async () => {
    const tree = randomTree(5, 30);
    const uses = [{ action: Action.touch, index: 3, height: 0, leaf: tree.leaf(3) }];
    const wrong = [
      tree.opening(2),
      tree.withLeaf(20, random.bytes(32)).opening(3),
      { ...tree.opening(3), leaves: hashPair(tree.leaf(3), tree.leaf(3)) },
    ];
    for (const opening of wrong) {
      await expect(harness.run(tree.root(), 5, uses, encode(opening))).to.be.revertedWithCustomError(
        harness,
        "WrongOpening",
      );
    }
    const { leaves, bitmap, siblings } = tree.opening(3);
    const cut = encode({ leaves, bitmap, siblings: siblings.slice(0, -1) });
    await expect(harness.run(tree.root(), 5, uses, cut)).to.be.revertedWithCustomError(harness, "WrongOpening");
  });

  function randomTree(depth: number, leaves: number): MerkleTree {
    let tree = MerkleTree.empty(depth);
    for (let i = 0; i < leaves; i++) tree = tree.withLeaf(someIndex(depth), random.bytes(32));
    return tree;
  }

  /** Near the start or the end as often as anywhere. */
  function someIndex(depth: number): number {
    const size = 2 ** depth;
    const near = random.below(Math.min(size, 24));
    return [near, size - 1 - near, random.below(2 ** Math.min(depth, 31)) * (depth === 32 ? 2 : 1)][random.below(3)];
  }
});

function encode(...openings: Opening[]): Uint8Array {
  const writer = new WitnessWriter();
  for (const opening of openings) writer.opening(opening);
  return writer.finish();
}
