import { expect } from "chai";
import { keccak256, SigningKey } from "ethers";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../../plugin/hex.js";
import { HostCall } from "../../../plugin/machines/hostCalls.js";
import type { WitnessCorruption } from "../../../types/ethers-contracts/index.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  Random,
  stepOnChain,
  type Contracts,
  type Step,
} from "../wasm/twins.js";
import { a0, assemble, call, ENCODE, FIRST_CALL, v0, WAIT } from "./assemble.js";
import { startAt, type Setting } from "./setting.js";

/** Bytes that one call corrupts: so many steps fit a transaction's gas. */
const CHUNK = 400;

/** A host call with its arguments. */
const host = (number: number, ...values: number[]): Setting => ({
  code: ENCODE.syscall({}),
  registers: { [v0]: FIRST_CALL + number, ...Object.fromEntries(values.map((value, index) => [a0 + index, value])) },
});

describe("A corrupted step of MipsMachine", () => {
  const random = new Random(53);
  const preimage = random.bytes(100);

  /** One step of each class. */
  const classes: Readonly<Record<string, Setting>> = {
    addu: { code: ENCODE.addu({ rd: 5, rs: 6, rt: 7 }) },
    madd: { code: ENCODE.madd({ rs: 6, rt: 7 }) },
    "a load": { code: ENCODE.lw({ rt: 5, rs: 6 }), registers: { 6: 64 } },
    "a load of a word's part": { code: ENCODE.lwl({ rt: 5, rs: 6 }), registers: { 6: 93 } },
    "a load that traps": { code: ENCODE.lw({ rt: 5, rs: 6 }), registers: { 6: 93 } },
    "a store": { code: ENCODE.sb({ rs: 6, rt: 7 }), registers: { 6: 64 } },
    "a store of a word's part": { code: ENCODE.swr({ rs: 6, rt: 7 }), registers: { 6: 93 } },
    "sc that stores": { code: ENCODE.sc({ rs: 6, rt: 7 }), registers: { 6: 64, 36: 65 } },
    "sc that does not": { code: ENCODE.sc({ rs: 6, rt: 7 }), registers: { 6: 64, 36: 0 } },
    "a branch": { code: ENCODE.bne({ rs: 6, rt: 7, imm: 4 }) },
    "a branch in a delay slot": { code: ENCODE.bne({ rs: 6, rt: 7, imm: 4 }), next: 80_000 },
    "a jump that traps": { code: ENCODE.jr({ rs: 6 }), registers: { 6: 2 } },
    "an illegal instruction": { code: 1 },
    wait: host(WAIT),
    "an unknown call": host(93),
    "input_word of the header": host(HostCall.inputWord, 1, 64),
    "input_word of the data": host(HostCall.inputWord, 11, 64),
    publish: host(HostCall.publish, 96),
    reject: host(HostCall.reject),
    preimage_word: host(HostCall.preimageWord, 1024, 2, 64),
    keccak256: host(HostCall.keccak256, 300, 100, 64),
    ecrecover: host(HostCall.ecrecover, 2048, 64),
  };
  const { r, s, v } = new SigningKey(random.bytes(32)).sign(random.bytes(32));
  const memory = {
    0: random.bytes(4096),
    1024: hexToBytes(keccak256(preimage) as Hex),
    2080: Buffer.concat([wordOf(v), hexToBytes(r as Hex), hexToBytes(s as Hex)]),
    70_000: random.bytes(5000),
  };

  let contracts: Contracts;
  let corruption: WitnessCorruption;
  const steps = new Map<string, Step>();

  before(async () => {
    contracts = await deployContracts("MipsMachine");
    corruption = await contracts.ethers.deployContract("WitnessCorruption");
    await contracts.preimages.publish(preimage);
    const find = (hash: Hex): Uint8Array | undefined => (hash === keccak256(preimage) ? preimage : undefined);
    for (const [name, setting] of Object.entries(classes)) {
      const noise = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [index + 1, Number(random.bits(31))]));
      const registers = { ...noise, ...setting.registers };
      const input = inputOf(contracts.sourceAddress, random.bytes(200));
      steps.set(name, makeStep(startAt(input, { pc: 71_000, ...setting, registers, memory }, { preimage: find })));
    }
    const machine = assemble(call(WAIT)).start();
    steps.set("deliver", makeStep(machine, inputOf(contracts.sourceAddress, random.bytes(200), { budget: 1n })));
    steps.set("restore at the deadline", makeStep(machine));
  });

  for (const name of [...Object.keys(classes), "deliver", "restore at the deadline"]) {
    it(`is refused with any byte of its witness changed: ${name}`, async () => {
      const step = steps.get(name)!;
      await expectAgreement(contracts, step, name);
      const { context, before, witness } = step;
      const flips = Uint8Array.from(witness, () => 1 << random.below(8));
      const machine = await contracts.machine.getAddress();
      for (let first = 0; first < witness.length; first += CHUNK) {
        const last = Math.min(first + CHUNK, witness.length);
        const result = await corruption.corrupt(machine, context, before, witness, flips, first, last);
        expect(result.accepted).to.deep.equal([]);
        expect(result.untyped).to.deep.equal([]);
      }
    });
  }

  it("is refused with a witness that is cut or longer", async () => {
    for (const [name, step] of steps) {
      const { length } = step.witness;
      const cuts = [1, 4, 31, 32, 33, 64, 100, length].filter((cut) => cut <= length);
      const others = cuts.map((cut) => step.witness.subarray(0, length - cut));
      for (const witness of [...others, Buffer.concat([step.witness, new Uint8Array(1)])]) {
        const refused = await stepOnChain(contracts, { ...step, witness }).then(
          () => false,
          () => true,
        );
        expect(refused, `${name} ${bytesToHex(witness).length}`).to.equal(true);
      }
    }
  });

  it("is refused with any part of its state changed that it depends on", async () => {
    const [add, restore] = [steps.get("addu")!, steps.get("restore at the deadline")!];
    const other: Hex = `0x${"77".repeat(32)}`;
    const changed = [
      { ...add, before: { ...add.before, core: other } },
      { ...restore, before: { ...restore.before, checkpoint: other } },
    ];
    for (const step of changed) {
      const error: unknown = await stepOnChain(contracts, step).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
    }
  });
});
