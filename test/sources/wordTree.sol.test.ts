import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import { bytesToHex, ZERO_WORD } from "../../plugin/hex.js";
import { wordAt, WordTree } from "../../plugin/sources/wordTree.js";
import type { CalldataSource } from "../../types/ethers-contracts/index.js";

describe("WordTree on chain", () => {
  let source: CalldataSource;

  before(async () => {
    const { ethers } = await network.create();
    source = await ethers.deployContract("CalldataSource");
  });

  /** TypeChain has no type for a result that is named `length`. */
  async function commit(data: Uint8Array): Promise<[commitment: string, length: bigint]> {
    return await source.commit.staticCall(data);
  }

  it("has the root that its twin has, for every length around powers of two", async () => {
    const lengths = [0, 1, 31, 32, 33, 63, 64, 65, 96, 97, 127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 5000];
    for (const length of lengths) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
      const [commitment, found] = await commit(data);
      expect(commitment, `of ${length} bytes`).to.equal(new WordTree(data).root);
      expect(found).to.equal(length);
    }
  });

  it("proves every word of random bytes, and no other", async () => {
    const shape = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.nat(), fc.nat());
    const property = fc.asyncProperty(shape, async ([data, at, corrupt]) => {
      const index = at % Math.ceil(data.length / 32);
      const { root, proof } = proofOf(data, index);
      expect(await commit(data)).to.deep.equal([root, BigInt(data.length)]);
      expect(await source.word(root, data.length, index, proof)).to.equal(bytesToHex(wordAt(data, index)));
      const bad = proof.slice();
      bad[corrupt % bad.length] ^= 1 << (corrupt % 8);
      await expect(source.word(root, data.length, index, bad)).to.be.revertedWithCustomError(source, "WrongWordProof");
    });
    await fc.assert(property, { seed: 1, numRuns: 60 });
  });

  it("takes a proof for its own index alone", async () => {
    const data = Uint8Array.from({ length: 200 }, (_, i) => i);
    const { root, proof } = proofOf(data, 3);
    for (const index of [0, 1, 2, 4, 5, 6]) {
      await expect(source.word(root, 200, index, proof)).to.be.revertedWithCustomError(source, "WrongWordProof");
    }
  });

  it("refuses a proof that is shorter or longer than the length says", async () => {
    const data = Uint8Array.from({ length: 200 }, (_, i) => i);
    const { root, proof } = proofOf(data, 3);
    for (const given of [new Uint8Array(), proof.slice(0, -32), proof.slice(1), new Uint8Array([...proof, 0])]) {
      await expect(source.word(root, 200, 3, given))
        .to.be.revertedWithCustomError(source, "WrongProofLength")
        .withArgs(given.length, 128);
    }
    await expect(source.word(root, 300, 3, proof))
      .to.be.revertedWithCustomError(source, "WrongProofLength")
      .withArgs(128, 160);
  });

  it("has zero words past the end, whatever the proof", async () => {
    const data = Uint8Array.from({ length: 33 }, () => 255);
    const { root, proof } = proofOf(data, 1);
    for (const index of [2n, 3n, 2n ** 32n, 2n ** 256n - 1n]) {
      expect(await source.word(root, 33, index, "0x")).to.equal(ZERO_WORD);
      expect(await source.word(root, 33, index, proof)).to.equal(ZERO_WORD);
    }
    expect(await source.word(ZERO_WORD, 0, 0, "0x")).to.equal(ZERO_WORD);
  });

  it("hashes 100 KB for less than a tenth of what their calldata costs at the floor", async () => {
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => (i % 255) + 1);
    const floor = 21_000n + 40n * BigInt(data.length);
    const { ethers } = await network.create();
    const fresh = await ethers.deployContract("CalldataSource");
    const transaction = await (
      await ethers.provider.getSigner()
    ).sendTransaction({
      to: await fresh.getAddress(),
      data: fresh.interface.encodeFunctionData("commit", [data]),
    });
    const { gasUsed } = (await transaction.wait())!;
    expect(gasUsed).to.be.lessThan(floor + 10_000n);
    const trace = (await ethers.provider.send("debug_traceTransaction", [transaction.hash, {}])) as {
      structLogs: { gas: number | string }[];
    };
    const [first, last] = [trace.structLogs[0], trace.structLogs[trace.structLogs.length - 1]];
    expect(Number(first.gas) - Number(last.gas)).to.be.lessThan(Number(floor) / 10);
  });
});

function proofOf(data: Uint8Array, index: number): { root: string; proof: Uint8Array } {
  const tree = new WordTree(data);
  return { root: tree.root, proof: Uint8Array.from([...wordAt(data, index), ...tree.prove(index)]) };
}
