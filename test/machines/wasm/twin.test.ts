import { expect } from "chai";

import { instructionKind } from "../../../plugin/machines/wasm/disassemble.js";
import { Op, STACK_SLOTS, type Instruction } from "../../../plugin/machines/wasm/instruction.js";
import { isMemoryAccess, isStore, isUnary, numericEffect } from "../../../plugin/machines/wasm/opcodes.js";
import type { WasmProgram } from "../../../plugin/machines/wasm/program.js";
import type { WasmMachine } from "../../../plugin/machines/wasm/wasmMachine.js";
import { assemble, instruction, type TableFunction } from "./assemble.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  place,
  Random,
  startAt,
  type Contracts,
  type Setting,
} from "./twins.js";

const OPCODES = Array.from({ length: 256 }, (_, op) => op);
const PAGE = 65_536;
const MAX32 = 2n ** 32n - 1n;

describe("WasmMachine's twins", () => {
  const random = new Random(1);
  /** Opcodes whose steps were compared. */
  const compared = new Set<number>();
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts();
  });

  /** A machine of the program whose stack holds numbers that no instruction left there. */
  function machineOf(program: WasmProgram): WasmMachine {
    const machine = startAt(program, inputOf(contracts.sourceAddress, new Uint8Array()), { pc: 1 });
    for (let slot = 0; slot < 80; slot++) place(machine, { pc: 1, fp: slot, slots: { 0: random.bits(64) } });
    return machine;
  }

  /** Both halves agree on the step from each of the settings. */
  async function agree(program: WasmProgram, settings: readonly Setting[]): Promise<void> {
    const machine = machineOf(program);
    const base = machine.snapshot();
    for (const setting of settings) {
      machine.restore(base);
      place(machine, setting);
      compared.add(program.code[setting.pc].op);
      const label = `${machine.describe().text} ${JSON.stringify(machine.describe().values)}`;
      await expectAgreement(contracts, makeStep(machine), label);
    }
  }

  describe("agree on numbers:", () => {
    const codes = OPCODES.filter((op) => numericEffect(op) !== undefined);
    const program = assemble(codes.map((op) => instruction(op, { h: 3 })));

    codes.forEach((op, index) => {
      it(instructionKind(instruction(op)), async () => {
        const bits = operandBits(op);
        const edges = edgesOf(bits);
        const pairs = edges.flatMap((x) => (isUnary(op) ? [[x, random.bits(64)]] : edges.map((y) => [x, y])));
        for (let i = 0; i < 12; i++) pairs.push([random.bits(bits), random.bits(bits)]);
        for (let i = 0; i < 8; i++) pairs.push([random.bits(bits), random.bits(bits) >> BigInt(random.below(bits))]);
        const settings = pairs.map(([x, y]) => ({ pc: index + 1, fp: random.below(40), slots: { 3: x, 4: y } }));
        await agree(program, settings);
      });
    });
  });

  describe("agree on memory:", () => {
    const codes = OPCODES.filter(isMemoryAccess);
    const offsets = [0, 5, PAGE, 0xffffffff];
    const code = codes.flatMap((op) => offsets.map((low) => instruction(op, { h: 2, low })));
    const program = assemble(code, { pages: 2, maximumPages: 3 });
    const addresses = [
      ...Array.from({ length: 34 }, (_, i) => 30 * 32 + i),
      ...Array.from({ length: 10 }, (_, i) => PAGE - 9 + i),
      ...Array.from({ length: 12 }, (_, i) => 2 * PAGE - 10 + i),
      2 ** 32 - 1,
      2 ** 32 - 5,
    ];

    codes.forEach((op, index) => {
      it(instructionKind(instruction(op)), async () => {
        const memory = {
          [29 * 32]: random.bytes(128),
          [PAGE - 40]: random.bytes(80),
          [2 * PAGE - 40]: random.bytes(40),
        };
        const settings = addresses.flatMap((target) =>
          offsets.map((offset, place) => {
            const address = BigInt.asUintN(32, BigInt(target - offset));
            const value = random.bits(isStore(op) && storesWide(op) ? 64 : 32);
            const pc = 1 + index * offsets.length + place;
            return { pc, fp: random.below(40), slots: { 2: address, 3: value }, memory };
          }),
        );
        await agree(program, settings);
      });
    });

    it("the deepest memory, which no module can outgrow", async () => {
      const deep = assemble([instruction(0x29, { h: 2 }), instruction(0x37, { h: 2, low: 3 })], {
        pages: 1,
        maximumPages: PAGE,
      });
      const settings = [0n, 29n, 30n, 65_520n, 65_525n, 65_526n, 65_528n, 65_529n, MAX32].flatMap((address) =>
        [1, 2].map((pc) => ({ pc, slots: { 2: address, 3: random.bits(64) }, memory: { 0: random.bytes(PAGE) } })),
      );
      await agree(deep, settings);
    });

    it("memory_size, and memory_grow up to the maximum and past it", async () => {
      const growing = assemble([instruction(Op.memorySize, { h: 1 }), instruction(Op.memoryGrow, { h: 1, a: 5 })], {
        pages: 2,
        maximumPages: 5,
      });
      const counts = [0n, 1n, 3n, 4n, 0x7fffffffn, 0x80000000n, MAX32 - 1n, MAX32];
      await agree(
        growing,
        [1, 2].flatMap((pc) => counts.map((pages) => ({ pc, fp: 7, slots: { 1: pages } }))),
      );
    });

    it("a load that trapped before memory grew", async () => {
      const growing = assemble([instruction(Op.memoryGrow, { h: 1, a: 2 }), instruction(0x29, { h: 2 })], {
        pages: 1,
        maximumPages: 2,
      });
      const machine = machineOf(growing);
      place(machine, { pc: 1, slots: { 1: 1n, 2: BigInt(PAGE) } });
      for (const label of ["memory_grow", "i64.load"]) await expectAgreement(contracts, makeStep(machine), label);
    });
  });

  describe("agree on variables:", () => {
    const globals = Array.from({ length: 6 }, () => random.bits(64));
    const code = [
      ...[0, 1, 2, 3, 4, 9].map((a) => instruction(Op.copy, { h: 3, a })),
      ...globals.flatMap((_, a) => [instruction(Op.globalGet, { h: 2, a }), instruction(Op.globalSet, { h: 2, a })]),
      instruction(Op.select, { h: 1 }),
      ...[0, 1, 0xffffffff].flatMap((low) => [
        instruction(Op.constant, { low, high: low }),
        instruction(Op.constant, { low }),
      ]),
    ];

    for (const names of ["copy", "global.get", "global.set", "select", "constant"]) {
      it(names, async () => {
        const program = assemble(code, { globals });
        const numbers = code.flatMap((one, index) => (instructionKind(one) === names ? [index + 1] : []));
        const conditions = [0n, 1n, 0x80000000n, MAX32];
        const frames = [0, 1, 2, 3, STACK_SLOTS - 10];
        const settings = numbers.flatMap((pc) =>
          frames.flatMap((fp) =>
            conditions.map((condition) => ({ pc, fp, slots: { 2: random.bits(64), 3: condition } })),
          ),
        );
        await agree(program, settings);
      });
    }
  });

  describe("agree on regions:", () => {
    const globals = Array.from({ length: 6 }, () => random.bits(64));
    /** Two that share a leaf with the globals and with each other, one of no slots, and one over many leaves. */
    const sizes = [3, 4, 0, 50, 1];
    const regions = sizes.map((size) => Array.from({ length: size }, () => random.bits(64)));
    const bases = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, globals.length));
    const code = [Op.tableGet, Op.tableSet].flatMap((op) =>
      sizes.map((low, index) => instruction(op, { h: 3, low, high: bases[index] })),
    );
    const program = assemble(code, { globals, regions });

    for (const names of ["table.get", "table.set"]) {
      it(`${names}: first and last slots, across leaves, one past the end, and far beyond`, async () => {
        const settings = code.flatMap((one, number) => {
          if (instructionKind(one) !== names) return [];
          const edges = [
            0,
            1,
            2,
            3,
            one.low - 2,
            one.low - 1,
            one.low,
            one.low + 1,
            random.below(one.low + 1),
            2 ** 31,
          ];
          const indices = [...edges.filter((index) => index >= 0).map(BigInt), MAX32];
          return [0, 1, 2, STACK_SLOTS - 10].flatMap((fp) =>
            indices.map((index) => ({ pc: number + 1, fp, slots: { 3: index, 4: random.bits(64) } })),
          );
        });
        await agree(program, settings);
      });
    }

    it("an index's upper half, which is no part of it", async () => {
      const settings = [1, 1 + sizes.length].map((pc) => ({ pc, slots: { 3: 2n + (7n << 32n), 4: random.bits(64) } }));
      await agree(program, settings);
    });

    it("a slot that changes, is read, and changes again, beside others that stay", async () => {
      const machine = machineOf(program);
      for (let i = 0; i < 40; i++) {
        const region = [0, 1, 3, 4][random.below(4)];
        const index = BigInt(random.below(sizes[region]));
        const pc = 1 + region + sizes.length * (i & 1);
        place(machine, { pc, slots: { 3: index, 4: random.bits(64) } });
        const { text } = machine.describe();
        await expectAgreement(contracts, makeStep(machine), text);
      }
      for (const [index, value] of globals.entries()) expect(machine.registers.tables.get(index)).to.equal(value);
    });
  });

  describe("agree on control:", () => {
    const element: TableFunction = { parameters: 2, entry: 1, link: 2, frame: 9 };
    const limits: TableFunction = { parameters: 1, entry: 0xffffff, link: 255, frame: 65_535 };
    const elements = [element, 0n, { ...element, parameters: 1 }, { ...element, frame: 500 }, limits, 0n];
    const globals = [1n, 2n, 3n, 4n, 5n];
    // The table begins in the middle of the globals' last leaf; what follows it would be a function that can be called.
    const [low, high] = [elements.length, globals.length];
    const code: Instruction[] = [
      instruction(Op.unreachable),
      instruction(Op.jump, { a: 11 }),
      instruction(Op.jumpIf, { h: 2, a: 11 }),
      instruction(Op.jumpUnless, { h: 2, a: 11 }),
      instruction(Op.jumpTable, { h: 2, a: 3 }),
      ...[8, 9, 10, 11].map((a) => instruction(Op.jump, { a })),
      instruction(Op.return, { a: 2 }),
      instruction(Op.call, { h: 5, a: 1, high: 1, low: 9 }),
      instruction(Op.call, { h: 6, a: 3, high: 0, low: 500 }),
      instruction(Op.callIndirect, { h: 4, a: 2 * PAGE + 2, low, high }),
      instruction(Op.callIndirect, { h: 5, a: 1 * PAGE + 1, low, high }),
      instruction(Op.callIndirect, { h: 5, a: 0 * PAGE + 0, low, high }),
    ];
    const program = assemble(code, { globals, regions: [elements, [element, element]] });
    const settingsOf = (op: number, frames: readonly number[], slot: number, values: readonly bigint[]): Setting[] =>
      code.flatMap((one, index) =>
        one.op === op
          ? frames.flatMap((fp) => values.map((value) => ({ pc: index + 1, fp, slots: { [slot]: value } })))
          : [],
      );

    for (const op of [Op.unreachable, Op.jump, Op.jumpIf, Op.jumpUnless, Op.jumpTable]) {
      it(instructionKind(instruction(op)), async () => {
        await agree(program, settingsOf(op, [0, 1, 7], 2, [0n, 1n, 2n, 3n, 4n, 0x80000000n, MAX32]));
      });
    }

    it("return, to a caller and to the chain", async () => {
      const links = [0n, (4n << 32n) | 0n, (4n << 32n) | 17n, (1n << 32n) | BigInt(STACK_SLOTS - 1)];
      await agree(program, settingsOf(Op.return, [0, 1, 40], 2, links));
    });

    it("call, up to the end of the stack and past it", async () => {
      const ends = [9, 500].flatMap((frame) =>
        [5, 6].flatMap((h) => [-1, 0, 1].map((by) => STACK_SLOTS - frame - h + by)),
      );
      await agree(program, settingsOf(Op.call, [0, 3, ...ends], 20, [1n]));
    });

    it("call_indirect, with every index and at the end of the stack", async () => {
      const indices = [...Array.from({ length: 8 }, (_, index) => BigInt(index)), 0x80000000n, MAX32];
      for (const slot of [5, 6]) {
        const ends = [9, 500].flatMap((frame) =>
          [4, 5].flatMap((h) => [0, 1].map((by) => STACK_SLOTS - frame - h + by)),
        );
        await agree(program, settingsOf(Op.callIndirect, [0, 2, ...ends], slot, indices));
      }
    });
  });

  describe("agree on everything:", () => {
    it("no instruction that the machine has is left out above", () => {
      const { host, ...others } = Op;
      const named = new Set<number>(Object.values(others));
      const all = OPCODES.filter((op) => named.has(op) || isMemoryAccess(op) || numericEffect(op) !== undefined);
      // Host calls have tests of their own, and that nothing else is an instruction on chain is the meta-step's.
      expect(all).not.to.include(host);
      expect([...compared].sort((a, b) => a - b)).to.deep.equal(all);
    });
  });
});

/** The width of a numeric instruction's operands. */
function operandBits(op: number): 32 | 64 {
  const wide = (op >= 0x50 && op <= 0x5a) || (op >= 0x79 && op <= 0xa7) || op >= 0xc2;
  return wide ? 64 : 32;
}

/** Zero, one, minus one, the ends of both orders, and counts at and above the width. */
function edgesOf(bits: 32 | 64): bigint[] {
  const [width, half] = [BigInt(bits), 2n ** BigInt(bits - 1)];
  return [0n, 1n, 2n * half - 1n, half, half - 1n, width, width + 3n];
}

function storesWide(op: number): boolean {
  return instructionKind(instruction(op)).startsWith("i64");
}
