import { expect } from "chai";
import { network } from "hardhat";

import { evaluationPoint, SCALAR_ORDER, versionedHash, type Kzg, type Opening } from "../../plugin/blobs/kzg.js";
import { nativeKzg, portableKzg } from "../../plugin/blobs/libraries.js";
import type { RollupError } from "../../plugin/errors.js";
import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import { batchBlob, blobOf } from "../helpers/blobs.js";
import { cellsDigest, computeVector, readVectors } from "../helpers/kzgVectors.js";

const POINT_EVALUATION = "0x000000000000000000000000000000000000000a";
/** What the precompile answers where a proof holds: the number of a blob's elements and the field's order. */
const HOLDS = bytesToHex(new Uint8Array([...wordOf(4096), ...wordOf(SCALAR_ORDER)]));

/** What the settlement layer says of an opening. */
async function precompile(commitment: Hex, index: number, { value, proof }: Opening): Promise<boolean> {
  const { ethers } = await network.getOrCreate();
  const parts = [versionedHash(commitment), evaluationPoint(index), value, commitment, proof];
  try {
    return (await ethers.provider.call({ to: POINT_EVALUATION, data: ethers.concat(parts) })) === HOLDS;
  } catch {
    return false;
  }
}

/** `bytes` with one bit changed in the byte at `at`, from the end if negative. */
function flip(bytes: Hex, at: number): Hex {
  const changed = Buffer.from(bytes.slice(2), "hex");
  changed[at < 0 ? changed.length + at : at] ^= 1;
  return `0x${changed.toString("hex")}`;
}

function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing",
    (error: RollupError) => error.code,
  );
}

const libraries: { title: string; load: () => Promise<Kzg | undefined> | Kzg }[] = [
  { title: "KZG in JavaScript", load: portableKzg },
  { title: "KZG by c-kzg, where it is installed", load: nativeKzg },
];

for (const { title, load } of libraries) {
  describe(title, function () {
    this.timeout(120_000);
    let kzg: Kzg;

    before(async function () {
      const loaded = await load();
      if (loaded) kzg = loaded;
      else this.skip();
    });

    it("computes what c-kzg computed of blobs of every kind", async () => {
      for (const vector of await readVectors()) {
        const { cells: _, ...expected } = vector;
        expect(await computeVector(kzg, vector.pattern, false)).to.deep.equal(expected);
      }
    });

    it("computes the same cell proofs", async () => {
      const vector = (await readVectors()).find(({ pattern }) => pattern === "idle");
      expect(await cellsDigest(kzg, blobOf("idle"))).to.equal(vector?.cells);
    });

    it("opens blobs so that the precompile agrees, at any index", async () => {
      const blob = blobOf("idle");
      const commitment = await kzg.commit(blob);
      const indices = [0, 50, 99, ...Array.from({ length: 12 }, (_, k) => 100 + 331 * k), 4095];
      for (const [at, opening] of (await kzg.openAll(blob, indices)).entries()) {
        expect(await precompile(commitment, indices[at], opening), `index ${indices[at]}`).to.equal(true);
        expect(await kzg.verify(commitment, indices[at], opening), `index ${indices[at]}`).to.equal(true);
      }
    });

    it("opens zero and constant blobs, whose proofs are the point at infinity", async () => {
      for (const pattern of ["zero", "constant"] as const) {
        const commitment = await kzg.commit(blobOf(pattern));
        const opening = await kzg.open(blobOf(pattern), 3);
        expect(opening.proof).to.equal(`0xc0${"00".repeat(47)}`);
        expect(await kzg.verify(commitment, 3, opening)).to.equal(true);
        expect(await precompile(commitment, 3, opening)).to.equal(true);
      }
    });

    it("refuses, as the precompile does, what is corrupted anywhere", async () => {
      const blob = batchBlob(3000);
      const [commitment, other] = [await kzg.commit(blob), await kzg.commit(blobOf("constant"))];
      const opening = await kzg.open(blob, 5);
      const neighbour = await kzg.open(blob, 6);
      const corrupted: [Hex, number, Opening][] = [
        [other, 5, opening],
        [flip(commitment, 0), 5, opening],
        [flip(commitment, -1), 5, opening],
        [commitment, 4, opening],
        [commitment, 5, neighbour],
        [commitment, 5, { ...opening, value: neighbour.value }],
        [commitment, 5, { ...opening, value: flip(opening.value, -1) }],
        [commitment, 5, { ...opening, value: flip(opening.value, 0) }],
        [commitment, 5, { ...opening, proof: neighbour.proof }],
        [commitment, 5, { ...opening, proof: flip(opening.proof, 0) }],
        [commitment, 5, { ...opening, proof: flip(opening.proof, -1) }],
        [commitment, 5, { ...opening, proof: commitment }],
      ];
      expect(await kzg.verify(commitment, 5, opening)).to.equal(true);
      for (const [at, [claimed, index, given]] of corrupted.entries()) {
        expect(await kzg.verify(claimed, index, given), `corruption ${at}`).to.equal(false);
        expect(await precompile(claimed, index, given), `corruption ${at}`).to.equal(false);
      }
    });

    it("refuses a value that is the right one plus the field's order", async () => {
      const blob = blobOf("last");
      const opening = await kzg.open(blob, 4095);
      const value = bytesToHex(wordOf(BigInt(opening.value) + SCALAR_ORDER));
      expect(await kzg.verify(await kzg.commit(blob), 4095, { ...opening, value })).to.equal(false);
    });

    it("takes no blob with an element that is no scalar", async () => {
      for (const [index, value] of [
        [0, SCALAR_ORDER],
        [4095, 2n ** 256n - 1n],
        [17, SCALAR_ORDER + 5n],
      ] as const) {
        const blob = blobOf("random");
        blob.set(wordOf(value), 32 * index);
        for (const attempt of [kzg.commit(blob), kzg.prove(blob, "0x"), kzg.open(blob, 0), kzg.cells(blob)]) {
          expect(await code(attempt)).to.equal("BLOB_ELEMENT");
        }
      }
    });

    it("takes no blob of another length and no index outside of it", async () => {
      expect(await code(kzg.commit(new Uint8Array(131_071)))).to.equal("BLOB_LENGTH");
      expect(await code(kzg.open(new Uint8Array(0), 0))).to.equal("BLOB_LENGTH");
      for (const index of [-1, 4096, 0.5, NaN]) {
        expect(await code(kzg.open(blobOf("zero"), index))).to.equal("BLOB_INDEX");
      }
    });

    it("does not let a failure stand for the next question", async () => {
      const blob = blobOf("constant");
      expect(await code(kzg.prove(blob, `0x${"11".repeat(48)}`))).to.equal("THREAD_FAILED");
      expect(await kzg.prove(blob, await kzg.commit(blob))).to.match(/^0x[0-9a-f]{96}$/);
    });
  });
}
