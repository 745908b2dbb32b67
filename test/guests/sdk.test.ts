import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { concat, keccak256, sha256, SigningKey, computeAddress } from "ethers";
import fc from "fast-check";

import { buildGuest } from "../../plugin/guests/build.js";
import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../plugin/hex.js";
import type { InputParts } from "../helpers/inputs.js";
import { GuestPair } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";
import { withdrawalRoot } from "../helpers/ledgerModel.js";
import { SDK_GUEST } from "../helpers/sdkGuest.js";
import { SDK_GUEST_C } from "../helpers/sdkGuestC.js";

const LIMIT = 2n ** 256n;

/** What the guest does, by the number that its input's first word is. */
const OPERATIONS = [
  ...[
    "add",
    "subtract",
    "isBelow",
    "equals",
    "isZero",
    "isAddress",
    "setNumber",
    "hashPair",
    "sha256",
    "keccak256",
    "ecrecover",
  ],
  ...["append", "record", "copy", "byte", "preimage", "sender", "header"],
] as const;

/** Words whose digits are often all zeros or all ones, so that carries run far. */
const word = fc
  .tuple(...Array.from({ length: 4 }, () => digit()))
  .map((digits) => digits.reduce((all, next) => (all << 64n) | next, 0n));

function digit(): fc.Arbitrary<bigint> {
  return fc.oneof(fc.constantFrom(0n, 1n, 2n ** 64n - 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
}

for (const [language, file, source] of [
  ["AssemblyScript", "sdk.ts", SDK_GUEST],
  ["C", "sdk.c", SDK_GUEST_C],
])
  describe(`the guests' SDK in ${language}, on V8 and on the machine`, () => {
    const preimage = Buffer.from("forty bytes that were published on the L1", "latin1").subarray(0, 40);
    let folder: string;
    let bytes: Uint8Array;
    let pair: GuestPair;

    before(async function () {
      this.timeout(120_000);
      folder = await mkdtemp(join(tmpdir(), "guest-"));
      await writeFile(join(folder, file), source);
      bytes = await buildGuest(file, { root: folder });
    });

    after(() => rm(folder, { recursive: true }));

    beforeEach(async () => {
      pair = await GuestPair.of(bytes, new Map([[keccak256(preimage) as Hex, preimage]]));
    });

    /** Handles an input that asks for an operation; gives the logged bytes. */
    function ask(operation: string, operands: readonly bigint[], parts: InputParts = {}): Hex {
      const words = [BigInt((OPERATIONS as readonly string[]).indexOf(operation)), ...operands].map(wordOf);
      const { outcome, logs } = pair.handle(inputOf({ ...parts, data: new Uint8Array(Buffer.concat(words)) }));
      expect(outcome).to.equal("returned");
      return logs[0] as Hex;
    }

    /** The first word of the answer, and the flag after it. */
    function answer(operation: string, ...operands: bigint[]): [bigint, boolean] {
      const log = ask(operation, operands);
      return [BigInt(log.slice(0, 66)), BigInt(`0x${log.slice(66)}`) === 1n];
    }

    it("adds, subtracts and compares words", () => {
      fc.assert(
        fc.property(
          word,
          fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: fc.constant(undefined) }),
          (left, other) => {
            const right = other ?? left;
            expect(answer("add", left, right)).to.deep.equal([(left + right) % LIMIT, left + right >= LIMIT]);
            expect(answer("subtract", left, right)).to.deep.equal([(LIMIT + left - right) % LIMIT, left < right]);
            expect(answer("isBelow", left, right)[1]).to.equal(left < right);
            expect(answer("equals", left, right)[1]).to.equal(left === right);
            expect(answer("isAddress", left)[1]).to.equal(left < 2n ** 160n);
            expect(answer("setNumber", left, right)[0]).to.equal((right >> 64n) % 2n ** 64n);
          },
        ),
        { numRuns: 60, seed: 3 },
      );
      for (let bit = 0n; bit < 256n; bit += 17n) expect(answer("isZero", 1n << bit)[1]).to.equal(false);
      expect(answer("isZero", 0n)[1]).to.equal(true);
      expect(answer("isAddress", 2n ** 160n)[1]).to.equal(false);
      expect(answer("isAddress", 2n ** 160n - 1n)[1]).to.equal(true);
    });

    it("hashes what lies in a block", () => {
      const operands = [LIMIT - 5n, 77n];
      const bytes = concat(operands.map(wordOf));
      expect(answer("hashPair", ...operands)[0]).to.equal(BigInt(keccak256(bytes)));
      expect(answer("keccak256", ...operands)[0]).to.equal(BigInt(keccak256(hexToBytes(bytes as Hex).subarray(3))));
      expect(answer("sha256", ...operands)[0]).to.equal(BigInt(sha256(hexToBytes(bytes as Hex).subarray(3))));
    });

    it("recovers signers", () => {
      const key = new SigningKey(wordOf(99n));
      const { r, s, v } = key.sign(wordOf(1234n));
      expect(answer("ecrecover", 1234n, BigInt(v), BigInt(r), BigInt(s))[0]).to.equal(BigInt(computeAddress(key)));
      expect(answer("ecrecover", 1234n, 26n, BigInt(r), BigInt(s))[0]).to.equal(0n);
    });

    it("grows a Merkle tree whose root is that of all its leaves", () => {
      const leaves: string[] = [];
      for (let count = 1n; count <= 20n; count++) {
        leaves.push(bytesToHex(wordOf(count * 7n)));
        expect(answer("append", count * 7n)[0]).to.equal(BigInt(withdrawalRoot(leaves)));
        expect(pair.machine.state().outputRoot).to.equal(withdrawalRoot(leaves));
      }
    });

    it("finds the records of addresses, also of those that collide", () => {
      const addresses = [1n, 9n, 17n, 2n, 7n, 15n].map((low) => (low << 100n) + (low << 24n));
      const slots = [0n, 1n, 2n, 3n, 6n, 7n];
      addresses.forEach((address, index) => expect(answer("record", address)).to.deep.equal([slots[index], false]));
      addresses.forEach((address, index) => expect(answer("record", address)).to.deep.equal([slots[index], true]));
      // Operand 1 chooses another mark, with which an address has another record.
      expect(answer("record", addresses[0], 1n)).to.deep.equal([4n, false]);
      expect(answer("record", addresses[4], 1n)).to.deep.equal([5n, false]);
      expect(answer("record", addresses[0], 1n)).to.deep.equal([4n, true]);
      expect(answer("record", addresses[0])).to.deep.equal([slots[0], true]);
    });

    it("reads an input's bytes from anywhere, zeros past its end", () => {
      const operands = (start: number, length: number): bigint[] => [
        BigInt(start),
        BigInt(length),
        2n ** 256n - 99n,
        0x1234n << 200n,
      ];
      for (const [start, length] of [
        [0, 1],
        [31, 2],
        [40, 64],
        [95, 66],
        [100, 33],
        [159, 1],
        [150, 80],
        [400, 5],
      ]) {
        const sent = Buffer.concat([13n, ...operands(start, length)].map(wordOf));
        const padded = Buffer.concat([sent, Buffer.alloc(500)]);
        expect(ask("copy", operands(start, length))).to.equal(bytesToHex(padded.subarray(start, start + length)));
      }
      for (const offset of [0, 31, 127, 128, 159, 160, 999]) {
        const sent = Buffer.concat([14n, ...operands(offset, 0)].map(wordOf));
        expect(answer("byte", ...operands(offset, 0))[0]).to.equal(BigInt(sent[offset] ?? 0));
      }
    });

    it("reads preimages, and is undone where there is none", () => {
      const hash = BigInt(keccak256(preimage));
      expect(answer("preimage", hash, 0n)).to.deep.equal([BigInt(bytesToHex(preimage.subarray(0, 32))), true]);
      expect(answer("preimage", hash, 1n)[0]).to.equal(BigInt(bytesToHex(preimage.subarray(32))) << 192n);
      expect(answer("preimage", hash, 2n)[0]).to.equal(0n);
      const data = Buffer.concat([15n, hash + 1n].map(wordOf));
      expect(pair.handle(inputOf({ data })).outcome).to.equal("trapped");
    });

    it("tells what the chain's order says of an input", () => {
      const sender: Hex = `0x${"ab".repeat(20)}`;
      expect(BigInt(ask("sender", [], { sender }).slice(0, 66))).to.equal(BigInt(sender));
      const header = { kind: "deposit", number: 5n, timestamp: 6n, blockNumber: 7n } as const;
      expect(BigInt(ask("header", [], header).slice(0, 66))).to.equal((5n << 32n) | (6n << 16n) | (7n << 8n) | 2n);
    });

    it("rejects", () => {
      expect(pair.handle(inputOf({ data: wordOf(99n) })).outcome).to.equal("rejected");
    });
  });
