import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { network } from "hardhat";

import { signerOf } from "../../plugin/accounts.js";
import { blobAccess } from "../../plugin/blobs/access.js";
import { SCALAR_ORDER } from "../../plugin/blobs/kzg.js";
import { BLOB_PAYLOAD, packBlobs } from "../../plugin/blobs/packing.js";
import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../plugin/hex.js";
import { prepareBlobs } from "../../plugin/node/blobTransaction.js";
import { Sender, type Done } from "../../plugin/node/sender.js";
import { BlobBatch, encodeBlobBatch } from "../../plugin/sources/blobSource.js";
import { wordAt } from "../../plugin/sources/wordTree.js";
import type { BlobProbe, BlobSource } from "../../types/ethers-contracts/index.js";
import { blobBatch, noise } from "../helpers/blobBatch.js";

const GAS_BOUND = 500_000n;
const WORDS_PER_BLOB = BLOB_PAYLOAD / 32;
/** Offsets in the proof of a batch in two blobs. */
const HASHES = 64;
const ELEMENT = HASHES + 48;
const PROOF = ELEMENT + 32;
const SECOND = PROOF + 48;

type Batch = Awaited<ReturnType<typeof blobBatch>>;

describe("the blob source", function () {
  // What is computed here takes seconds, and minutes where everything is busy.
  this.timeout(240_000);

  let source: BlobSource;
  let probe: BlobProbe;
  let sender: Sender;
  /** In two blobs, the last of them hardly used; its last word has 13 bytes. */
  let two: Batch;

  before(async () => {
    const connection = await network.create();
    source = await connection.ethers.deployContract("BlobSource");
    probe = await connection.ethers.deployContract("BlobProbe");
    sender = new Sender(await signerOf(connection, 0), undefined, blobAccess(connection));
    two = await blobBatch(noise(BLOB_PAYLOAD + 5 * 32 + 13));
  });

  async function commit(data: Uint8Array, { blobs }: Pick<Batch, "blobs">): Promise<Done> {
    const transaction = probe.commit.populateTransaction(source, data);
    return sender.send("batch", "commit", transaction, { blobs, gasBound: GAS_BOUND });
  }

  async function committed(data: Uint8Array, batch: Pick<Batch, "blobs">): Promise<[Hex, bigint]> {
    const { receipt } = await commit(data, batch);
    const event = probe.interface.parseLog(receipt.logs[0]);
    return [event?.args.commitment as Hex, event?.args[1] as bigint];
  }

  async function reasonOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => "taken",
      (error: { reason?: string }) => String(error.reason),
    );
  }

  function read({ data, batch }: Batch, index: number, proof: Uint8Array): Promise<string> {
    return source.word(batch.commitment, data.length, index, proof);
  }

  describe("commits to a batch", () => {
    it("by the hash of its blobs' versioned hashes, from the number on that is given", async () => {
      const [commitment, length] = await committed(encodeBlobBatch({ length: two.data.length, first: 0 }), two);
      expect([commitment, length]).to.deep.equal([two.batch.commitment, BigInt(two.data.length)]);
      const second = new BlobBatch(9, [two.blobs[1].data], [two.blobs[1].commitment]);
      expect((await committed(encodeBlobBatch({ length: 9, first: 1 }), two))[0]).to.equal(second.commitment);
    });

    it("of no bytes by one blob", async () => {
      const [commitment, length] = await committed(encodeBlobBatch({ length: 0, first: 0 }), two);
      const first = new BlobBatch(0, [two.blobs[0].data], [two.blobs[0].commitment]);
      expect([commitment, length]).to.deep.equal([first.commitment, 0n]);
    });

    it("only if the transaction has all blobs that the length takes", async () => {
      const longer = encodeBlobBatch({ length: 2 * BLOB_PAYLOAD + 1, first: 0 });
      expect(await reasonOf(commit(longer, two))).to.equal("NoBlob(2)");
      expect(await reasonOf(commit(encodeBlobBatch({ length: 2 * BLOB_PAYLOAD, first: 1 }), two))).to.equal(
        "NoBlob(2)",
      );
    });

    it("of at most six blobs, told in five bytes", async () => {
      const given = encodeBlobBatch({ length: 6 * BLOB_PAYLOAD + 1, first: 0 });
      await expect(source.commit(given)).to.be.revertedWithCustomError(source, "BatchTooLong");
      await expect(source.commit(given.subarray(1))).to.be.revertedWithCustomError(source, "WrongDataLength");
      await expect(source.commit(concatBytes(given, given))).to.be.revertedWithCustomError(source, "WrongDataLength");
    });
  });

  describe("proves a word", () => {
    it("wherever it is: at the start, within, at the end of a blob, at the start of the next, at the batch's end", async () => {
      const last = Math.floor((two.data.length - 1) / 32);
      for (const index of [0, 40, WORDS_PER_BLOB - 1, WORDS_PER_BLOB, last]) {
        const proof = await two.batch.proveWord(index);
        expect(await read(two, index, proof), `word ${index}`).to.equal(bytesToHex(wordAt(two.data, index)));
      }
    });

    it("past the end as zero, without a proof", async () => {
      expect(await read(two, WORDS_PER_BLOB + 6, new Uint8Array())).to.equal(bytesToHex(wordOf(0)));
      expect(await source.word(two.batch.commitment, 0, 0, "0x")).to.equal(bytesToHex(wordOf(0)));
      const huge = 2n ** 256n - 1n;
      expect(await source.word(two.batch.commitment, two.data.length, huge, "0x")).to.equal(bytesToHex(wordOf(0)));
    });

    it("by one element where the batch ends in it", async () => {
      for (const length of [1, 13, 31]) {
        const short = { ...two, data: two.data.subarray(0, length) };
        const batch = new BlobBatch(length, [two.blobs[0].data], [two.blobs[0].commitment]);
        const proof = await batch.proveWord(0);
        expect(proof.length).to.equal(32 + 48 + 80);
        // What the blob holds past the batch's end does not show.
        expect(await read({ ...short, batch }, 0, proof)).to.equal(bytesToHex(wordAt(short.data, 0)));
      }
    });

    it("of elements that use their top byte by their low 31 bytes", async () => {
      const [blob] = packBlobs(noise(64));
      for (let element = 0; element < 3; element++) blob[32 * element] = 0x73;
      blob.set(hexToBytes(bytesToHex(wordOf(SCALAR_ORDER - 1n))), 0);
      const [prepared] = await prepareBlobs([blob]);
      const batch = new BlobBatch(62, [prepared.data], [prepared.commitment]);
      const data = concatBytes(blob.subarray(1, 32), blob.subarray(33, 64));
      for (const index of [0, 1]) {
        const word = await source.word(batch.commitment, 62, index, await batch.proveWord(index));
        expect(word).to.equal(bytesToHex(wordAt(data, index)));
      }
    });

    it("of a batch in six blobs", async () => {
      const six = await blobBatch(sparse(6 * BLOB_PAYLOAD));
      expect(six.blobs.length).to.equal(6);
      const [commitment] = await committed(encodeBlobBatch({ length: six.data.length, first: 0 }), six);
      expect(commitment).to.equal(six.batch.commitment);
      const last = 6 * WORDS_PER_BLOB - 1;
      expect(await read(six, last, await six.batch.proveWord(last))).to.equal(bytesToHex(wordAt(six.data, last)));
    });
  });

  describe("refuses a proof", () => {
    let good: Uint8Array;
    const index = 40;

    before(async () => {
      good = await two.batch.proveWord(index);
    });

    const parts: readonly [string, number, number, string][] = [
      ["a versioned hash", 0, HASHES, "WrongBlobs"],
      ["the commitment", HASHES, ELEMENT, "WrongElement"],
      ["the first element", ELEMENT, PROOF, "WrongElement"],
      ["the first element's proof", PROOF, SECOND, "WrongElement"],
      ["the second element", SECOND, SECOND + 32, "WrongElement"],
      ["the second element's proof", SECOND + 32, SECOND + 80, "WrongElement"],
    ];
    for (const [what, from, to, error] of parts) {
      it(`with a flipped bit in ${what}`, async () => {
        for (const place of [from, from + 1, (from + to) >> 1, to - 1]) {
          const bad = Uint8Array.from(good);
          bad[place] ^= 1 << (place % 8);
          await expect(read(two, index, bad)).to.be.revertedWithCustomError(source, error);
        }
      });
    }

    it("that is too short or too long", async () => {
      for (const bad of [
        good.subarray(0, -1),
        concatBytes(good, new Uint8Array(1)),
        good.subarray(0, -80),
        new Uint8Array(),
      ]) {
        await expect(read(two, index, bad)).to.be.revertedWithCustomError(source, "WrongProofLength");
      }
    });

    it("of another word, or of the same word in another blob", async () => {
      for (const other of [index + 1, index - 31, index + WORDS_PER_BLOB - 40]) {
        await expect(read(two, other, good)).to.be.revertedWithCustomError(source, "WrongElement");
      }
    });

    it("with its two elements exchanged, or the first in both places", async () => {
      const [first, second] = [good.subarray(ELEMENT, SECOND), good.subarray(SECOND)];
      const head = good.subarray(0, ELEMENT);
      for (const bad of [concatBytes(head, second, first), concatBytes(head, first, first)]) {
        await expect(read(two, index, bad)).to.be.revertedWithCustomError(source, "WrongElement");
      }
    });

    it("with an element that is not canonical", async () => {
      const value = BigInt(bytesToHex(good.subarray(ELEMENT, PROOF)));
      const bad = Uint8Array.from(good);
      bad.set(wordOf(value + SCALAR_ORDER), ELEMENT);
      await expect(read(two, index, bad)).to.be.revertedWithCustomError(source, "WrongElement");
    });

    it("with another blob of the batch, or of another batch", async () => {
      const [own, other] = two.blobs.map(({ commitment }) => hexToBytes(commitment));
      const swapped = concatBytes(good.subarray(32, 64), good.subarray(0, 32), good.subarray(64));
      await expect(read(two, index, swapped)).to.be.revertedWithCustomError(source, "WrongBlobs");
      expect(bytesToHex(good.subarray(HASHES, ELEMENT))).to.equal(bytesToHex(own));
      const foreign = concatBytes(good.subarray(0, HASHES), other, good.subarray(ELEMENT));
      await expect(read(two, index, foreign)).to.be.revertedWithCustomError(source, "WrongElement");
      const single = new BlobBatch(two.data.length - BLOB_PAYLOAD, [two.blobs[1].data], [two.blobs[1].commitment]);
      await expect(read(two, 0, await single.proveWord(0))).to.be.revertedWithCustomError(source, "WrongProofLength");
    });
  });

  it("proves what its twin proves, on random batches", async () => {
    for (const [seed, length] of [992, 993, 4_321].entries()) {
      const batch = await blobBatch(noise(length, seed + 2));
      const words = Math.ceil(length / 32);
      for (const index of [(words * (seed + 1)) >> 2, words - 1]) {
        const word = await read(batch, index, await batch.batch.proveWord(index));
        expect(word, `word ${index} of ${length} bytes`).to.equal(bytesToHex(wordAt(batch.data, index)));
      }
    }
  });

  it("takes at most 125,000 gas for a word of two elements, calldata aside", async () => {
    const proof = await two.batch.proveWord(40);
    const gas = await source.word.estimateGas(two.batch.commitment, two.data.length, 40, proof);
    const calldata = source.interface.encodeFunctionData("word", [two.batch.commitment, two.data.length, 40, proof]);
    const paid = hexToBytes(calldata as Hex).reduce((sum, byte) => sum + (byte === 0 ? 4n : 16n), 21_000n);
    expect(gas - paid < 125_000n, `${gas - paid} gas`).to.equal(true);
  });
});

/** Mostly zeros, so that committing is quick. */
function sparse(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += BLOB_PAYLOAD) bytes.set(noise(100, index + 3), index);
  bytes.set(noise(40), length - 40);
  return bytes;
}
