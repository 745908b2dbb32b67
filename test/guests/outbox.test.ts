import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";
import { keccak256 } from "ethers";

import { decodeLedgerLog } from "../../plugin/guests/ledger.js";
import { buildGuest } from "../../plugin/guests/build.js";
import { hexToBytes, wordOf, type Hex } from "../../plugin/hex.js";
import { GuestPair } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";
import { leafOfMessage, leafOfWithdrawal, outputTree } from "../helpers/outputs.js";

/** Makes an output of every four words: which kind, and what it says. */
const GUEST = `
import { Input, reserveBlock, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { publishOutputs, sendMessage, withdraw } from "hardhat-rollup/guests/sdk/outbox";

const given = reserveBlock();

export function handle(): void {
  for (let at: u32 = 0; at < Input.length() / WORD; at += 4) {
    for (let index: u32 = 0; index < 3; ++index) Input.word(at + 1 + index, wordOf(given, index));
    if (Input.wordNumber(at) == 1) withdraw(wordOf(given, 0), wordOf(given, 1), wordOf(given, 2));
    else sendMessage(wordOf(given, 0), wordOf(given, 1), wordOf(given, 2));
  }
  publishOutputs();
}
`;

const GUEST_C = `
#include <outbox.h>
#include <rollup.h>

static Word given[4];

void handle(void) {
  for (uint32_t at = 0; at < inputLength() / sizeof(Word); at += 4) {
    for (uint32_t index = 0; index < 4; ++index) inputWord(at + index, &given[index]);
    if (wordDigit(&given[0], 0) == 1) withdraw(&given[1], &given[2], &given[3]);
    else sendMessage(&given[1], &given[2], &given[3]);
  }
  publishOutputs();
}
`;

interface Order {
  readonly isMessage: boolean;
  readonly first: bigint;
  readonly second: bigint;
  readonly amount: bigint;
  readonly data: Uint8Array;
}

const address = fc.bigInt({ min: 0n, max: 2n ** 160n - 1n });
const order: fc.Arbitrary<Order> = fc.record({
  isMessage: fc.boolean(),
  first: address,
  second: address,
  amount: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  data: fc.uint8Array({ maxLength: 40 }),
});

const asAddress = (value: bigint): Hex => `0x${value.toString(16).padStart(40, "0")}`;
const hexOf = (data: Uint8Array): Hex => `0x${Buffer.from(data).toString("hex")}`;

function leafOf({ isMessage, first, second, amount, data }: Order, index: number): Hex {
  const [one, two] = [asAddress(first), asAddress(second)];
  if (isMessage) return leafOfMessage({ index, sender: one, target: two, data: hexOf(data) });
  return leafOfWithdrawal({ index, token: one, recipient: two, amount });
}

function encode(orders: readonly Order[]): Uint8Array {
  return Buffer.concat(
    orders.flatMap(({ isMessage, first, second, amount, data }) => [
      ...[wordOf(isMessage ? 2n : 1n), wordOf(first), wordOf(second)],
      isMessage ? hexToBytes(keccak256(data) as Hex) : wordOf(amount),
    ]),
  );
}

for (const [language, file, source] of [
  ["AssemblyScript", "outbox.ts", GUEST],
  ["C", "outbox.c", GUEST_C],
]) {
  describe(`the guests' outbox in ${language}`, function () {
    this.timeout(120_000);
    let folder: string;
    let bytes: Uint8Array;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "guest-"));
      await writeFile(join(folder, file), source);
      bytes = await buildGuest(file, { root: folder });
    });

    after(() => rm(folder, { recursive: true }));

    it("publishes what contracts on L1 look for, and logs what proofs are made of, input after input", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(order, { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
          async (inputs) => {
            const pair = await GuestPair.of(bytes);
            const leaves: Hex[] = [];
            for (const orders of inputs) {
              const { outcome, logs, outputRoot } = pair.handle(inputOf({ data: encode(orders) }));
              expect(outcome).to.equal("returned");
              const kinds = logs.map((log) => decodeLedgerLog(hexToBytes(log as Hex))?.kind);
              expect(kinds).to.deep.equal(orders.map(({ isMessage }) => (isMessage ? "message" : "withdrawal")));
              orders.forEach((each) => leaves.push(leafOf(each, leaves.length)));
              logs.forEach((log, place) => expect(keccak256(log)).to.equal(leaves.at(place - logs.length)));
              if (leaves.length > 0) expect(outputRoot).to.equal(outputTree(leaves).root);
            }
          },
        ),
        { numRuns: 6, seed: 5 },
      );
    });
  });
}
