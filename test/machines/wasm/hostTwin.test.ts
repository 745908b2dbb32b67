import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { keccak256, SigningKey } from "ethers";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../../plugin/hex.js";
import { INPUT_KINDS, type Input } from "../../../plugin/input.js";
import { HOST_CALLS, HostCall } from "../../../plugin/machines/hostCalls.js";
import { Op } from "../../../plugin/machines/wasm/instruction.js";
import type { MachineHost } from "../../../plugin/machines/machine.js";
import { assemble, instruction } from "./assemble.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  place,
  Random,
  startAt,
  type Contracts,
} from "./twins.js";

const PAGE = 65_536;
const SIZE = 2 * PAGE;
const MAX32 = 2 ** 32 - 1;
/** The order of secp256k1's group. */
const ORDER = secp256k1.Point.Fn.ORDER;

describe("WasmMachine's twins agree on host calls:", () => {
  const random = new Random(2);
  const program = assemble(
    HOST_CALLS.map((_, a) => instruction(Op.host, { h: 3, a })),
    { pages: 2, maximumPages: 3 },
  );
  /** Numbers of the calls whose steps were compared. */
  const compared = new Set<number>();
  let contracts: Contracts;
  /** Preimages that are published in the store, for a guest in a block after theirs. */
  const published = [new Uint8Array(), random.bytes(5), random.bytes(32), random.bytes(300)];
  let publishedAt: bigint[];

  before(async () => {
    contracts = await deployContracts();
    publishedAt = [];
    for (const data of published) {
      await contracts.preimages.publish(data);
      publishedAt.push(await contracts.preimages.publishedAt(keccak256(data)));
    }
  });

  const host: MachineHost = {
    preimage: (hash, beforeBlock) =>
      published.find((data, i) => keccak256(data) === hash && publishedAt[i] < beforeBlock),
  };

  /** Both halves agree on host call `call` with each of the lists of arguments. Gives how many restored. */
  async function agree(
    call: number,
    lists: readonly (readonly number[])[],
    memory: Record<number, Uint8Array> = {},
    input = someInput(),
  ): Promise<number> {
    let restored = 0;
    compared.add(call);
    for (const values of lists) {
      const slots = Object.fromEntries(values.map((value, index) => [3 + index, BigInt(value)]));
      const machine = startAt(program, input, { pc: call + 1, fp: random.below(9), slots, memory }, host);
      await expectAgreement(contracts, makeStep(machine), `${HOST_CALLS[call].name}(${values.join(", ")})`);
      if (machine.waiting) restored++;
    }
    return restored;
  }

  function someInput(): Input {
    return inputOf(contracts.sourceAddress, random.bytes(100), { blockNumber: 1_000n });
  }

  const goodWords = [0, 32, PAGE - 32, PAGE, SIZE - 32];
  const badWords = [1, 31, 48, SIZE, SIZE - 16, SIZE + 32, 0x80000000, MAX32 - 31, MAX32];

  it("input_word of every kind and length, up to the end and past it", async () => {
    for (const kind of INPUT_KINDS) {
      for (const length of [0, 1, 31, 32, 33, 64, 65, 200]) {
        const data = random.bytes(length);
        const input = inputOf(contracts.sourceAddress, data, { kind, number: 77n });
        const words = Math.ceil(length / 32);
        const indices = [...Array.from({ length: words + 10 }, (_, index) => index), 0x80000000, MAX32 - 7, MAX32];
        expect(
          await agree(
            HostCall.inputWord,
            indices.map((index) => [index, (32 * index) % 4096]),
            {},
            input,
          ),
        ).to.equal(0);
      }
    }
  });

  it("input_word of a long batch", async () => {
    const input = inputOf(contracts.sourceAddress, random.bytes(100_000), { kind: "batch" });
    await agree(
      HostCall.inputWord,
      [8, 9, 1_000, 3_131, 3_132, 3_133, 3_134].map((index) => [index, 64]),
      {},
      input,
    );
  });

  it("input_word, publish and preimage_word with pointers that are no words in memory", async () => {
    await agree(
      HostCall.inputWord,
      goodWords.map((pointer) => [9, pointer]),
    );
    expect(
      await agree(
        HostCall.inputWord,
        badWords.map((pointer) => [9, pointer]),
      ),
    ).to.equal(badWords.length);
    expect(
      await agree(
        HostCall.publish,
        badWords.map((pointer) => [pointer]),
      ),
    ).to.equal(badWords.length);
    expect(
      await agree(
        HostCall.preimageWord,
        badWords.map((pointer) => [0, 0, pointer]),
      ),
    ).to.equal(badWords.length);
    expect(
      await agree(
        HostCall.preimageWord,
        badWords.map((pointer) => [pointer, 0, 0]),
      ),
    ).to.equal(badWords.length);
  });

  it("publish", async () => {
    const memory = Object.fromEntries(goodWords.map((pointer) => [pointer, random.bytes(32)]));
    expect(
      await agree(
        HostCall.publish,
        goodWords.map((pointer) => [pointer]),
        memory,
      ),
    ).to.equal(0);
  });

  it("reject", async () => {
    expect(await agree(HostCall.reject, [[]])).to.equal(1);
  });

  it("log, wherever it points", async () => {
    expect(
      await agree(HostCall.log, [
        [0, 0],
        [64, 100],
        [SIZE, 1],
        [MAX32, MAX32],
      ]),
    ).to.equal(0);
  });

  it("preimage_word of what was published, up to its end and past it", async () => {
    for (const data of published) {
      const memory = { 64: hexToBytes(keccak256(data) as Hex), 96: random.bytes(32) };
      const words = Math.ceil(data.length / 32);
      const indices = [...Array.from({ length: words + 3 }, (_, index) => index), MAX32];
      const lists = indices.flatMap((index) => [64, 96, 4096].map((pointer) => [64, index, pointer]));
      expect(await agree(HostCall.preimageWord, lists, memory)).to.equal(0);
    }
  });

  it("preimage_word of what was published too late, or never", async () => {
    const memory = { 64: hexToBytes(keccak256(published[3]) as Hex), 96: random.bytes(32) };
    expect(
      await agree(
        HostCall.preimageWord,
        [
          [96, 0, 0],
          [96, 1, 96],
        ],
        memory,
      ),
    ).to.equal(2);
    for (const [by, traps] of [
      [-1n, 1],
      [0n, 1],
      [1n, 0],
    ] as const) {
      const input = inputOf(contracts.sourceAddress, random.bytes(10), { blockNumber: publishedAt[3] + by });
      expect(await agree(HostCall.preimageWord, [[64, 1, 0]], memory, input)).to.equal(traps);
    }
  });

  for (const call of [HostCall.keccak256, HostCall.sha256]) {
    it(`${HOST_CALLS[call].name} of bytes inside one block`, async () => {
      const memory = { 0: random.bytes(1024), [SIZE - 256]: random.bytes(256) };
      const inside = [
        [0, 0],
        [0, 1],
        [0, 32],
        [0, 256],
        [255, 1],
        [256, 255],
        [300, 100],
        [511, 0],
        [SIZE - 1, 1],
        [SIZE - 256, 256],
      ];
      const outside = [
        [0, 257],
        [1, 256],
        [255, 2],
        [511, 2],
        [SIZE, 0],
        [SIZE, 1],
        [SIZE - 1, 2],
        [MAX32, 0],
        [MAX32, MAX32],
        [0, MAX32],
        [64, MAX32],
      ];
      const lists = inside.flatMap(([pointer, length]) => [0, 288, PAGE, SIZE - 32].map((to) => [pointer, length, to]));
      expect(await agree(call, lists, memory)).to.equal(0);
      expect(
        await agree(
          call,
          outside.map((range) => [...range, 0]),
          memory,
        ),
      ).to.equal(outside.length);
      expect(
        await agree(
          call,
          badWords.map((to) => [0, 32, to]),
          memory,
        ),
      ).to.equal(badWords.length);
    });
  }

  it("ecrecover of good signatures, of both parities and in both halves of the order", async () => {
    for (let i = 0; i < 12; i++) {
      const key = new SigningKey(random.bytes(32));
      const hash = random.bytes(32);
      const { r, s, v } = key.sign(hash);
      const high = ORDER - BigInt(s);
      const words =
        i % 2 === 0
          ? signature(hash, BigInt(v), BigInt(r), BigInt(s))
          : signature(hash, BigInt(55 - v), BigInt(r), high);
      const machine = startAt(program, someInput(), {
        pc: HostCall.ecrecover + 1,
        slots: { 3: 128n, 4: 160n },
        memory: { 128: words },
      });
      await expectAgreement(contracts, makeStep(machine), bytesToHex(words));
      expect(BigInt(bytesToHex(machine.registers.memory.bytes.subarray(160, 192)))).to.equal(BigInt(addressOf(key)));
    }
  });

  it("ecrecover of what nobody signed", async () => {
    const [hash, good] = [random.bytes(32), new SigningKey(random.bytes(32)).sign(random.bytes(32))];
    const [r, s] = [BigInt(good.r), BigInt(good.s)];
    const all = 2n ** 256n - 1n;
    const scalars = [0n, 1n, 5n, ORDER - 1n, ORDER, ORDER + 1n, secp256k1.Point.Fp.ORDER, all];
    const cases = [
      ...[0n, 1n, 26n, 29n, 27n + 256n, 28n + 2n ** 255n, all].map((v) => signature(hash, v, r, s)),
      ...scalars.flatMap((value) => [signature(hash, 27n, value, s), signature(hash, 28n, r, value)]),
      ...[0n, ORDER, all].flatMap((value) => [27n, 28n].map((v) => signature(wordOf(value), v, r, s))),
      // The point at infinity: s * R = z * G.
      signature(wordOf(5n), 27n, secp256k1.Point.BASE.x, 5n),
      signature(wordOf(5n), 28n, secp256k1.Point.BASE.x, 5n),
      ...Array.from({ length: 12 }, () =>
        signature(random.bytes(32), 27n + BigInt(random.below(2)), BigInt(bytesToHex(random.bytes(32))), s),
      ),
    ];
    for (const words of cases) expect(await agree(HostCall.ecrecover, [[128, 0]], { 128: words })).to.equal(0);
  });

  it("ecrecover with pointers that are no blocks or words in memory", async () => {
    await agree(HostCall.ecrecover, [
      [0, 0],
      [SIZE - 128, SIZE - 32],
    ]);
    const bad = [32, 64, 96, 127, SIZE, SIZE - 64, MAX32 - 127, MAX32];
    expect(
      await agree(
        HostCall.ecrecover,
        bad.map((pointer) => [pointer, 0]),
      ),
    ).to.equal(bad.length);
    expect(
      await agree(
        HostCall.ecrecover,
        badWords.map((to) => [0, to]),
      ),
    ).to.equal(badWords.length);
  });

  it("calls that fail after others have changed memory and the output root", async () => {
    const machine = startAt(program, someInput(), {
      pc: HostCall.publish + 1,
      slots: { 3: 64n },
      memory: { 64: random.bytes(32) },
    });
    await expectAgreement(contracts, makeStep(machine), "publish");
    place(machine, { pc: HostCall.inputWord + 1, slots: { 3: 9n, 4: 64n } });
    await expectAgreement(contracts, makeStep(machine), "input_word");
    place(machine, { pc: HostCall.reject + 1 });
    await expectAgreement(contracts, makeStep(machine), "reject");
    const { rejections } = machine.state();
    expect(machine.state()).to.deep.equal({ ...program.start().state(), rejections, inputCount: 1n });
  });

  it("every call that there is: none is left out above", () => {
    expect([...compared].sort((a, b) => a - b)).to.deep.equal(HOST_CALLS.map((_, call) => call));
  });
});

function signature(hash: Uint8Array, v: bigint, r: bigint, s: bigint): Uint8Array {
  return Buffer.concat([hash, wordOf(v), wordOf(r), wordOf(s)]);
}

function addressOf(key: SigningKey): Hex {
  return `0x${keccak256(`0x${key.publicKey.slice(4)}`).slice(-40)}`;
}
