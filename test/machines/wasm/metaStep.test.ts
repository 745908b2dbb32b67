import { expect } from "chai";

import { bytesToHex, ZERO_WORD, type Hex } from "../../../plugin/hex.js";
import { hashInputHeader, type Input } from "../../../plugin/input.js";
import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { hashCheckpoint, hashRejection } from "../../../plugin/machines/state.js";
import { HOST_CALLS } from "../../../plugin/machines/hostCalls.js";
import { Op } from "../../../plugin/machines/wasm/instruction.js";
import { isMemoryAccess, numericEffect } from "../../../plugin/machines/wasm/opcodes.js";
import { assemble, instruction } from "./assemble.js";
import { rawStep } from "./rawStep.js";
import { deployContracts, expectAgreement, inputOf, makeStep, stepOnChain, type Contracts } from "./twins.js";

/** A guest that counts its inputs in a global, and never returns from the third. */
const CODE = [
  instruction(Op.globalGet, { h: 1, a: 0 }),
  instruction(Op.constant, { h: 2, low: 1 }),
  instruction(0x7c, { h: 1 }), // i64.add
  instruction(Op.globalSet, { h: 1, a: 0 }),
  instruction(Op.globalGet, { h: 1, a: 0 }),
  instruction(Op.constant, { h: 2, low: 3 }),
  instruction(0x51, { h: 1 }), // i64.eq
  instruction(Op.jumpIf, { h: 1, a: 8 }),
  instruction(Op.return, { a: 0 }),
];

/** Opcodes of the machine that are neither numeric nor loads or stores. */
const CORE = new Set<number>(Object.values(Op));

describe("The meta-step", () => {
  const program = assemble(CODE, { globals: [0n], pages: 1 });
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts();
  });

  function input(number: number, budget = 100n): Input {
    return inputOf(contracts.sourceAddress, new Uint8Array([number]), { number: BigInt(number), budget });
  }

  it("delivers an input at step 0, runs it and waits", async () => {
    const machine = program.start();
    for (let number = 0; number < 2; number++) {
      const waiting = machine.state();
      const delivery = makeStep(machine, input(number));
      await expectAgreement(contracts, delivery, `delivery of ${number}`);
      expect(delivery.after.inputCount).to.equal(BigInt(number + 1));
      expect(delivery.after.deadline).to.equal(100n);
      expect(delivery.after.checkpoint).to.equal(hashCheckpoint(waiting.core, waiting.outputRoot));
      for (let step = 1; step <= CODE.length; step++) {
        expect(machine.step).to.equal(step);
        await expectAgreement(contracts, makeStep(machine), `step ${step} of ${number}`);
      }
      expect(machine.waiting).to.equal(true);
      expect(machine.state().checkpoint).to.equal(ZERO_WORD);
      expect(machine.state().core).not.to.equal(waiting.core);
    }
  });

  it("restores the checkpoint where the budget ends, at whatever instruction", async () => {
    for (const budget of [1n, 2n, 7n, 50n]) {
      const machine = program.start();
      for (let number = 0; number < 2; number++) {
        machine.deliver(input(number));
        machine.run(100);
      }
      const waiting = machine.state();
      machine.deliver(input(2, budget));
      machine.run(Number(budget) - 1);
      const restore = makeStep(machine);
      expect(restore.witness.length).to.equal(64);
      await expectAgreement(contracts, restore, `restore at ${budget}`);
      const rejections = hashRejection(waiting.rejections, restore.context.inputHash);
      expect(machine.state()).to.deep.equal({ ...waiting, rejections, inputCount: 3n });
      const late = { ...restore, context: { ...restore.context, step: budget + 5n } };
      await expectAgreement(contracts, late, "restore after the deadline, which no true history has");
    }
  });

  it("leaves a waiting machine as it is, but at step 0 of a window with an input", async () => {
    const machine = program.start();
    const before = machine.state();
    const inputHash = hashInputHeader(input(0).header);
    for (const [step, hash] of [
      [0n, ZERO_WORD],
      [1n, inputHash],
      [5n, inputHash],
      [2n ** 36n - 1n, inputHash],
      [7n, ZERO_WORD],
    ] as const) {
      const context = { program: program.hash, inputHash: hash, step };
      const witness = new Uint8Array();
      expect(await stepOnChain(contracts, { context, before, witness })).to.deep.equal(before);
      const stuffed = stepOnChain(contracts, { context, before, witness: new Uint8Array(1) });
      await expect(stuffed).to.be.revertedWithCustomError(errors(), "WitnessTooLong").withArgs(1);
    }
  });

  it("restores at what is no instruction or host call, and touches nothing for it", async () => {
    const known = (op: number): boolean => numericEffect(op) !== undefined || isMemoryAccess(op) || CORE.has(op);
    const unknown = Array.from({ length: 256 }, (_, op) => op).filter((op) => !known(op));
    const calls = [HOST_CALLS.length, HOST_CALLS.length + 1, 255, 256, 0xffffffff];
    const instructions = [
      ...unknown.map((op) => instruction(op, { h: 1, a: 1, low: 1, high: 1 })),
      ...calls.map((a) => instruction(Op.host, { h: 1, a })),
    ];
    const [memory, stack, tables] = [11, 14, 3].map((depth) => MerkleTree.empty(depth));
    const core = { pc: 77, fp: 9, pages: 1, memory, stack, tables };
    const [restored, outputRoot]: [Hex, Hex] = [`0x${"c0".repeat(32)}`, `0x${"07".repeat(32)}`];
    expect(unknown.length).to.be.greaterThan(100);
    for (const one of instructions) {
      const step = rawStep(one, 12, core, core, input(0), (writer) => {
        writer.bytes(Buffer.from((restored + outputRoot.slice(2)).slice(2), "hex"));
      });
      const before = { ...step.before, checkpoint: hashCheckpoint(restored, outputRoot) };
      const rejections = hashRejection(before.rejections, step.context.inputHash);
      const after = { ...before, core: restored, outputRoot, rejections, checkpoint: ZERO_WORD, deadline: 0n };
      await expectAgreement(contracts, { ...step, before, after }, `opcode ${one.op}, ${one.a}`);
    }
  });

  it("refuses a header that lies", async () => {
    const machine = program.start();
    const delivery = makeStep(machine, input(0));
    for (const lie of [input(1), input(0, 101n), input(0, 99n)]) {
      const context = { ...delivery.context, inputHash: hashInputHeader(lie.header) };
      await expect(stepOnChain(contracts, { ...delivery, context }))
        .to.be.revertedWithCustomError(errors(), "WrongHeader")
        .withArgs(delivery.context.inputHash, context.inputHash);
    }
  });

  it("refuses a checkpoint that is not the state's", async () => {
    const machine = program.start();
    machine.deliver(input(0, 1n));
    const restore = makeStep(machine);
    const witness = restore.witness.slice();
    witness[40] ^= 1;
    const [core, outputRoot] = [bytesToHex(witness.slice(0, 32)), bytesToHex(witness.slice(32))];
    await expect(stepOnChain(contracts, { ...restore, witness }))
      .to.be.revertedWithCustomError(errors(), "WrongCheckpoint")
      .withArgs(hashCheckpoint(core, outputRoot), restore.before.checkpoint);
  });

  function errors(): Contracts["machine"] {
    return contracts.machine;
  }
});
