import { expect } from "chai";
import { keccak256 } from "ethers";

import { hexToBytes, type Hex } from "../../../plugin/hex.js";
import { HOST_CALLS, HostCall } from "../../../plugin/machines/hostCalls.js";
import { deployContracts, expectAgreement, inputOf, makeStep, Random, type Contracts } from "../wasm/twins.js";
import { a0, ENCODE, FIRST_CALL, v0 } from "./assemble.js";
import { startAt } from "./setting.js";

const TOP = 2 ** 32;

describe("MipsMachine's twins agree on host calls:", () => {
  const random = new Random(54);
  const preimage = random.bytes(300);
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts("MipsMachine");
    await contracts.preimages.publish(preimage);
  });

  /** Both halves agree on host call `call` with each of the lists of arguments. Gives how many restored. */
  async function agree(call: number, lists: readonly (readonly number[])[]): Promise<number> {
    let restored = 0;
    const memory = {
      0: random.bytes(1024),
      2048: hexToBytes(keccak256(preimage) as Hex),
      [TOP - 1024]: random.bytes(1024),
    };
    const find = (hash: Hex): Uint8Array | undefined => (hash === keccak256(preimage) ? preimage : undefined);
    for (const values of lists) {
      const args = Object.fromEntries(values.map((value, index) => [a0 + index, value | 0]));
      const setting = { pc: 0x8000, code: ENCODE.syscall({}), registers: { [v0]: FIRST_CALL + call, ...args }, memory };
      const machine = startAt(inputOf(contracts.sourceAddress, random.bytes(100)), setting, { preimage: find });
      await expectAgreement(contracts, makeStep(machine), `${HOST_CALLS[call].name}(${values.join(", ")})`);
      if (machine.waiting) restored++;
    }
    return restored;
  }

  const words = [0, 32, 0x8000, TOP - 32];
  const noWords = [1, 31, 48, TOP - 31, TOP - 1];

  it("input_word", async () => {
    const indices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 0x80000000, TOP - 1];
    expect(
      await agree(
        HostCall.inputWord,
        indices.flatMap((index) => words.map((word) => [index, word])),
      ),
    ).to.equal(0);
    expect(
      await agree(
        HostCall.inputWord,
        noWords.map((word) => [8, word]),
      ),
    ).to.equal(noWords.length);
  });

  it("publish, reject and log", async () => {
    expect(
      await agree(
        HostCall.publish,
        words.map((word) => [word]),
      ),
    ).to.equal(0);
    expect(
      await agree(
        HostCall.publish,
        noWords.map((word) => [word]),
      ),
    ).to.equal(noWords.length);
    expect(await agree(HostCall.reject, [[]])).to.equal(1);
    expect(
      await agree(HostCall.log, [
        [0, 100],
        [TOP - 1, 1],
        [TOP - 1, TOP - 1],
        [7, 0],
      ]),
    ).to.equal(0);
  });

  it("preimage_word", async () => {
    const indices = [0, 1, 9, 10, 11, TOP - 1];
    expect(
      await agree(
        HostCall.preimageWord,
        indices.map((index) => [2048, index, 64]),
      ),
    ).to.equal(0);
    expect(
      await agree(HostCall.preimageWord, [
        [64, 0, 64],
        [2049, 0, 64],
        [2048, 0, 65],
      ]),
    ).to.equal(3);
  });

  for (const call of [HostCall.keccak256, HostCall.sha256]) {
    it(`${HOST_CALLS[call].name}, at the end of memory too`, async () => {
      const inside = [
        [0, 0],
        [0, 256],
        [300, 100],
        [TOP - 256, 256],
        [TOP - 1, 1],
      ];
      const outside = [
        [0, 257],
        [255, 2],
        [TOP - 1, 2],
        [0, TOP - 1],
      ];
      expect(
        await agree(
          call,
          inside.flatMap((range) => [0, TOP - 32].map((to) => [...range, to])),
        ),
      ).to.equal(0);
      expect(
        await agree(
          call,
          outside.map((range) => [...range, 0]),
        ),
      ).to.equal(outside.length);
    });
  }

  it("ecrecover", async () => {
    expect(
      await agree(HostCall.ecrecover, [
        [0, 0],
        [128, 128],
        [TOP - 128, TOP - 32],
      ]),
    ).to.equal(0);
    expect(
      await agree(HostCall.ecrecover, [
        [64, 0],
        [TOP - 64, 0],
        [0, 1],
      ]),
    ).to.equal(3);
  });
});
