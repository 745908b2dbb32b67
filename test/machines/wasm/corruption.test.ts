import { expect } from "chai";
import { keccak256, SigningKey } from "ethers";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../../../plugin/hex.js";
import { HostCall } from "../../../plugin/machines/hostCalls.js";
import { Op } from "../../../plugin/machines/wasm/instruction.js";
import type { WitnessCorruption } from "../../../types/ethers-contracts/index.js";
import { assemble, instruction } from "./assemble.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  Random,
  startAt,
  stepOnChain,
  type Contracts,
  type Setting,
  type Step,
} from "./twins.js";

/** Bytes that one call corrupts: so many steps fit a transaction's gas. */
const CHUNK = 400;

const DIVIDE = 0x6d;
const LOAD = 0x29;
const STORE = 0x37;
const ADD = 0x7c;

/** The operands of a host call. */
const host = (a: number, ...values: number[]): [ReturnType<typeof instruction>, Record<number, bigint>] => [
  instruction(Op.host, { h: 2, a }),
  Object.fromEntries(values.map((value, index) => [2 + index, BigInt(value)])),
];

describe("A corrupted step", () => {
  const random = new Random(3);
  const preimage = random.bytes(100);
  const globals = [1n, 2n, 3n, 4n, 5n].map(() => random.bits(64));
  const callIndirect = instruction(Op.callIndirect, { h: 3, a: 2 ** 17 + 2, low: 9, high: globals.length });

  /** One step of each class: an instruction and the operands that it finds. */
  const classes: Record<string, [ReturnType<typeof instruction>, Record<number, bigint>]> = {
    "i64.add": [instruction(ADD, { h: 3 }), {}],
    "i64.load across leaves": [instruction(LOAD, { h: 3 }), { 3: 29n }],
    "i64.load": [instruction(LOAD, { h: 3 }), { 3: 64n }],
    "i64.store across leaves": [instruction(STORE, { h: 3 }), { 3: 93n }],
    "i64.store past the end": [instruction(STORE, { h: 3 }), { 3: 2n ** 17n - 7n }],
    "i32.div_s by zero": [instruction(DIVIDE, { h: 3 }), { 4: 0n }],
    "memory.grow": [instruction(Op.memoryGrow, { h: 3, a: 3 }), { 3: 1n }],
    jump_table: [instruction(Op.jumpTable, { h: 3, a: 2 }), { 3: 1n }],
    select: [instruction(Op.select, { h: 2 }), { 4: 0n }],
    constant: [instruction(Op.constant, { h: 3, low: 7 }), {}],
    "global.get": [instruction(Op.globalGet, { h: 3, a: 4 }), {}],
    "global.set": [instruction(Op.globalSet, { h: 3, a: 2 }), {}],
    "table.get": [instruction(Op.tableGet, { h: 3, low: 9, high: 5 }), { 3: 4n }],
    "table.get past the end": [instruction(Op.tableGet, { h: 3, low: 9, high: 5 }), { 3: 9n }],
    "table.set": [instruction(Op.tableSet, { h: 3, low: 9, high: 5 }), { 3: 4n }],
    "table.set past the end": [instruction(Op.tableSet, { h: 3, low: 9, high: 5 }), { 3: 9n }],
    call: [instruction(Op.call, { h: 3, a: 1, high: 1, low: 9 }), {}],
    "call that exhausts the stack": [instruction(Op.call, { h: 3, a: 1, high: 1, low: 65_536 }), {}],
    call_indirect: [callIndirect, { 5: 0n }],
    "call_indirect of another type": [{ ...callIndirect, a: 2 ** 16 + 2 }, { 5: 0n }],
    return: [instruction(Op.return, { a: 3 }), { 3: (1n << 32n) | 2n }],
    "return to the chain": [instruction(Op.return, { a: 3 }), { 3: 0n }],
    "input_word of the header": host(HostCall.inputWord, 1, 64),
    "input_word of the data": host(HostCall.inputWord, 11, 64),
    publish: host(HostCall.publish, 96),
    reject: host(HostCall.reject),
    preimage_word: host(HostCall.preimageWord, 1024, 2, 64),
    "preimage_word of what was never published": host(HostCall.preimageWord, 64, 2, 64),
    log: host(HostCall.log, 0, 64),
    keccak256: host(HostCall.keccak256, 300, 100, 64),
    sha256: host(HostCall.sha256, 300, 100, 64),
    ecrecover: host(HostCall.ecrecover, 2048, 64),
  };
  const program = assemble(
    Object.values(classes).map(([one]) => one),
    {
      pages: 2,
      maximumPages: 3,
      globals,
      regions: [[{ parameters: 2, entry: 1, link: 2, frame: 9 }, ...Array<bigint>(8).fill(0n)]],
    },
  );
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
    contracts = await deployContracts();
    corruption = await contracts.ethers.deployContract("WitnessCorruption");
    await contracts.preimages.publish(preimage);
    Object.values(classes).forEach(([, slots], index) => {
      const noise = Object.fromEntries(Array.from({ length: 60 }, (_, slot) => [slot, random.bits(32)]));
      steps.set(Object.keys(classes)[index], stepAt({ pc: index + 1, fp: 5, slots: { ...noise, ...slots }, memory }));
    });
    const machine = program.start();
    const input = someInput(1n);
    steps.set("deliver", makeStep(machine, input));
    steps.set("restore at the deadline", makeStep(machine));
  });

  function someInput(budget = 1000n): ReturnType<typeof inputOf> {
    return inputOf(contracts.sourceAddress, random.bytes(200), { budget });
  }

  function stepAt(setting: Setting): Step {
    const find = (hash: Hex): Uint8Array | undefined => (hash === keccak256(preimage) ? preimage : undefined);
    return makeStep(startAt(program, someInput(), setting, { preimage: find }));
  }

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
      for (const cut of cuts)
        await expectRefusal({ ...step, witness: step.witness.subarray(0, length - cut) }, `${name} less ${cut}`);
      for (const more of [1, 32, 64]) {
        await expectRefusal(
          { ...step, witness: Buffer.concat([step.witness, new Uint8Array(more)]) },
          `${name} and ${more} more`,
        );
        await expectRefusal(
          { ...step, witness: Buffer.concat([step.witness, random.bytes(more)]) },
          `${name} and ${more} more`,
        );
      }
    }
  });

  it("is refused with another step's witness", async () => {
    const all = [...steps];
    for (const [index, [name, step]] of all.entries()) {
      const [other, { witness }] = all[(index + 1) % all.length];
      await expectRefusal({ ...step, witness }, `${name} with the witness of ${other}`);
    }
  });

  it("is refused of another program", async () => {
    for (const [name, step] of steps) {
      if (name.startsWith("restore")) continue;
      await expectRefusal({ ...step, context: { ...step.context, program: bytesToHex(random.bytes(32)) } }, name);
    }
  });

  it("is refused of another input, where it reads the input", async () => {
    for (const [name, step] of steps) {
      if (!/^(deliver|input_word|preimage_word)/.test(name)) continue;
      await expectRefusal({ ...step, context: { ...step.context, inputHash: bytesToHex(random.bytes(32)) } }, name);
    }
  });

  it("is refused in another place: where the budget ends, or has not ended, or no input is taken", async () => {
    for (const [name, step] of steps) {
      const place = name === "deliver" ? 1n : name.startsWith("restore") ? 0n : 1000n;
      await expectRefusal({ ...step, context: { ...step.context, step: place } }, name);
    }
  });

  it("is refused in another state", async () => {
    for (const [name, step] of steps) {
      const wrong = bytesToHex(random.bytes(32));
      if (!name.startsWith("restore")) await expectRefusal({ ...step, before: { ...step.before, core: wrong } }, name);
      if (step.after.deadline !== 0n || name === "return to the chain") continue;
      await expectRefusal({ ...step, before: { ...step.before, checkpoint: wrong } }, name);
    }
  });

  async function expectRefusal(step: Step, label: string): Promise<void> {
    const accepted = await stepOnChain(contracts, step).then(
      () => true,
      () => false,
    );
    expect(accepted, label).to.equal(false);
  }
});
