import { expect } from "chai";
import { keccak256 } from "ethers";
import { network } from "hardhat";

import { bytesToHex, ZERO_WORD } from "../../plugin/hex.js";
import { wordAt, WordTree } from "../../plugin/sources/wordTree.js";
import type { PreimageStore } from "../../types/ethers-contracts/index.js";

describe("PreimageStore", () => {
  const data = Uint8Array.from({ length: 100 }, (_, i) => i + 1);
  const hash = keccak256(data);
  let store: PreimageStore;
  let blockNumber: () => Promise<number>;

  beforeEach(async () => {
    const { ethers } = await network.create();
    store = await ethers.deployContract("PreimageStore");
    blockNumber = () => ethers.provider.getBlockNumber();
  });

  it("keeps the root, the length and the block, and emits the bytes", async () => {
    await expect(store.publish(data)).to.emit(store, "PreimagePublished").withArgs(hash, bytesToHex(data));
    const block = BigInt(await blockNumber());
    expect(await store.preimage(hash)).to.deep.equal([new WordTree(data).root, 100n, block]);
    expect(await store.publishedAt(hash)).to.equal(block);
  });

  it("gives every word against its proof, and zero words past the end", async () => {
    await store.publish(data);
    const tree = new WordTree(data);
    for (let index = 0; index < 4; index++) {
      const proof = Uint8Array.from([...wordAt(data, index), ...tree.prove(index)]);
      expect(await store.word(hash, index, proof)).to.equal(bytesToHex(wordAt(data, index)));
      proof[40] ^= 4;
      await expect(store.word(hash, index, proof)).to.be.revertedWithCustomError(store, "WrongWordProof");
    }
    expect(await store.word(hash, 4, "0x")).to.equal(ZERO_WORD);
  });

  it("changes nothing when the same is published again: who read it before the first block cannot read it later", async () => {
    await store.publish(data);
    const first = await store.preimage(hash);
    await expect(store.publish(data)).not.to.emit(store, "PreimagePublished");
    expect(await store.preimage(hash)).to.deep.equal(first);
  });

  it("keeps the preimage of no bytes", async () => {
    await store.publish("0x");
    const empty = keccak256("0x");
    expect(await store.publishedAt(empty)).to.equal(await blockNumber());
    expect((await store.preimage(empty)).root).to.equal(ZERO_WORD);
    expect(await store.word(empty, 0, "0x")).to.equal(ZERO_WORD);
  });

  it("knows nothing of what was not published", async () => {
    expect(await store.publishedAt(hash)).to.equal(0n);
    expect(await store.preimage(hash)).to.deep.equal([ZERO_WORD, 0n, 0n]);
    await expect(store.word(hash, 0, "0x"))
      .to.be.revertedWithCustomError(store, "UnknownPreimage")
      .withArgs(hash);
  });
});
