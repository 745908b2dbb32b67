import { expect } from "chai";
import fc from "fast-check";

import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { Assembler } from "../../../plugin/machines/wasm/assembler.js";
import { flattenFunction } from "../../../plugin/machines/wasm/flatten.js";
import { depthFor } from "../../../plugin/machines/wasm/images.js";
import { Op, STACK_SLOTS } from "../../../plugin/machines/wasm/instruction.js";
import { layoutOf, type FunctionLayout } from "../../../plugin/machines/wasm/layout.js";
import { decodeReference, encodeReference } from "../../../plugin/machines/wasm/reference.js";
import { MAXIMUM_SLOTS, placeRegions } from "../../../plugin/machines/wasm/regions.js";
import { Slots } from "../../../plugin/machines/wasm/slots.js";
import { inputOf, startAt } from "./twins.js";
import { assemble, instruction, type TableFunction } from "./assemble.js";

const layout = { ...layoutOf({ parameters: [], results: [] }), entry: 0xffffff, link: 0xff, frame: 0xffff };

describe("a reference", () => {
  it("is what a function's layout says, in 64 bits, and never null", () => {
    const field = (maximum: number): fc.Arbitrary<number> => fc.oneof(fc.nat(maximum), fc.constantFrom(0, maximum));
    const fields = [field(0xfffe), field(0xffffff), field(0xff), field(0xffff)] as const;
    fc.assert(
      fc.property(...fields, (type, target, link, frame) => {
        const slot = encodeReference(type, { ...layout, entry: target, link, frame });
        expect(decodeReference(slot)).to.deep.equal({ type: type + 1, target, link, frame });
        expect(slot > 0n && slot < 2n ** 64n).to.equal(true);
      }),
      { seed: 25, numRuns: 300 },
    );
  });

  it("is refused where a field does not fit", () => {
    const refused: [number, Partial<FunctionLayout>, RegExp][] = [
      [0xffff, {}, /types/],
      [0, { entry: 0x1000000 }, /instructions/],
      [0, { link: 0x100 }, /parameters or results/],
      [0, { frame: STACK_SLOTS }, /stack slots/],
    ];
    for (const [type, changes, reason] of refused) {
      expect(() => encodeReference(type, { ...layout, ...changes }))
        .to.throw(reason)
        .with.property("code", "WASM_MODULE_UNSUPPORTED");
    }
  });
});

describe("regions", () => {
  it("stand behind the globals without gaps", () => {
    const declared = [2, 0, 5].map((size) => ({ size, contents: [] }));
    expect(placeRegions(3, declared).map(({ base }) => base)).to.deep.equal([3, 5, 5]);
  });

  it("are refused where there are too many slots", () => {
    const fits = [{ size: MAXIMUM_SLOTS - 1, contents: [] }];
    expect(placeRegions(1, fits)).to.have.length(1);
    expect(() => placeRegions(2, fits))
      .to.throw()
      .with.property("code", "WASM_MODULE_UNSUPPORTED");
  });

  it("are named by instructions as flat code has them, and functions by their references", () => {
    const type = { parameters: ["i32"] as const, results: ["i64"] as const };
    const layouts = [layoutOf(type), layoutOf(type)];
    const assembler = new Assembler();
    const context = {
      module: {
        ...{ types: [type], imports: [], functions: [0, 0], memory: undefined, start: undefined },
        ...{
          globals: [],
          exports: { functions: new Map(), tables: new Map(), memories: new Map(), globals: new Map() },
        },
        ...{ bodies: [], data: [] },
      },
      ...{ assembler, layouts, typeNumbers: [0], hostCalls: [], maximumPages: 0 },
      regions: placeRegions(7, [
        { size: 4, contents: [] },
        { size: 9, contents: [] },
      ]),
    };
    // table_set 1 (i32.const 5, ref.func 1), then table_get 1 of the parameter
    const bytes = Uint8Array.from([0x41, 5, 0xd2, 1, 0x26, 1, 0x20, 0, 0x25, 1, 0x0b]);
    const { frame } = flattenFunction(context, { bytes, locals: [], start: 0, end: bytes.length }, layouts[0]);
    Object.assign(layouts[1], { entry: 77, frame: 12 });
    expect(frame).to.equal(4);
    expect(assembler.finish()).to.deep.equal([
      instruction(Op.constant, { h: 2, low: 5 }),
      instruction(Op.constant, { h: 3, high: 0x10000, low: (77 << 24) + 0x1000c }),
      instruction(Op.tableSet, { h: 2, high: 11, low: 9 }),
      instruction(Op.copy, { h: 2, a: 0 }),
      instruction(Op.tableGet, { h: 2, high: 11, low: 9 }),
      instruction(Op.copy, { h: 0, a: 2 }),
      instruction(Op.return, { a: 1 }),
    ]);
    expect(assembler.refersTo(layouts[1])).to.equal(true);
    expect(assembler.refersTo(layouts[0])).to.equal(false);
  });

  it("say why an indirect call traps: past the end that the table has now, on null, or of another type", () => {
    const element: TableFunction = { parameters: 0, entry: 1, link: 0, frame: 1 };
    const regions = [[], [element, 0n, { ...element, parameters: 1 }, 0n, 0n], [element, 0n]];
    const code = [
      instruction(Op.callIndirect, { h: 0, low: 5, high: 1 }),
      instruction(Op.callIndirect, { h: 0, low: 2, high: 6 }),
    ];
    const program = assemble(code, { globals: [4n], regions, sizeGlobals: [0, 0, undefined] });
    const causeOf = (pc: number, index: number): string | undefined => {
      const machine = startAt(program, inputOf("0x", new Uint8Array()), { pc, slots: { 0: BigInt(index) } });
      machine.run(1);
      return machine.trapCause;
    };
    const past = "undefined element";
    expect([0, 1, 2, 3, 4, 5].map((index) => causeOf(1, index))).to.deep.equal([
      ...[undefined, "uninitialized element", "indirect call type mismatch", "uninitialized element"],
      ...[past, past],
    ]);
    expect([0, 1, 2].map((index) => causeOf(2, index))).to.deep.equal([undefined, "uninitialized element", past]);
  });

  it("trap as tables where an instruction goes past their end", () => {
    for (const op of [Op.tableGet, Op.tableSet]) {
      const program = assemble([instruction(op, { low: 2, high: 0 })], { regions: [[1n, 2n], [3n]] });
      const machine = startAt(program, inputOf("0x", new Uint8Array()), { pc: 1, slots: { 0: 2n } });
      machine.run(1);
      expect(machine.trapCause).to.equal("out of bounds table access");
    }
  });

  it("go back to what they were where an input fails", () => {
    const slots = Array.from({ length: 2000 }, (_, index) => BigInt(index));
    const code = [instruction(Op.tableSet, { low: 2000, high: 0 }), instruction(Op.unreachable)];
    const program = assemble(code, { regions: [slots] });
    const machine = startAt(program, inputOf("0x", new Uint8Array()), { pc: 1, slots: { 0: 1500n, 1: 99n } });
    const before = machine.checkpoint!.core.tables;
    machine.run(1);
    expect(machine.registers.tables.get(1500)).to.equal(99n);
    machine.run(1);
    expect(machine.trapCause).to.equal("unreachable");
    expect(machine.registers.tables.get(1500)).to.equal(1500n);
    expect(machine.registers.share().tables).to.equal(before);
  });
});

describe("Slots", () => {
  const COUNT = 3000;
  const COMPARED = 700;
  const depth = depthFor(COUNT / 4);

  it("share what changed, and come back to what any of their trees held", () => {
    const write = fc.tuple(
      fc.constant("write" as const),
      fc.nat(COUNT - 1),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    );
    const share = fc.tuple(fc.constant("share" as const), fc.nat(), fc.constant(0n));
    const restore = fc.tuple(fc.constant("restore" as const), fc.nat(), fc.constant(0n));
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: write }, share, restore), { maxLength: 60 }), (actions) => {
        const slots = new Slots(COUNT, MerkleTree.empty(depth));
        const shared: [MerkleTree, Map<number, bigint>][] = [[MerkleTree.empty(depth), new Map<number, bigint>()]];
        let model = new Map<number, bigint>();
        for (const [action, number, value] of actions) {
          if (action === "write") {
            writeTo(slots, number, value);
            model.set(number, value);
          } else if (action === "share") shared.push([slots.share(COMPARED), new Map(model)]);
          else {
            const [tree, content] = shared[number % shared.length];
            slots.restore(tree, COMPARED);
            model = new Map(content);
          }
        }
        expectContent(slots, slots.share(COMPARED), model);
        for (const [tree, content] of shared) {
          slots.restore(tree, COMPARED);
          expectContent(slots, tree, content);
        }
      }),
      { seed: 26, numRuns: 200 },
    );
  });

  it("give the very same tree where nothing changed, and share the pages that did not", () => {
    const slots = new Slots(COUNT, MerkleTree.empty(depth));
    for (let index = 0; index < COUNT; index++) slots.set(index, BigInt(index));
    const before = slots.share(0);
    expect(slots.share(0)).to.equal(before);
    slots.set(1030, 7n);
    const after = slots.share(0);
    const samePages = [0, 1, 2, 3, 4, 5].map((page) => before.page(page) === after.page(page));
    expect(samePages).to.deep.equal([true, true, false, true, true, true]);
    slots.set(1030, 1030n);
    slots.share(0);
    slots.set(1030, 1030n);
    const same = slots.share(0);
    expect(slots.share(0)).to.equal(same);
  });

  /** As the stepper does: below the compared ones without a mark. */
  function writeTo(slots: Slots, index: number, value: bigint): void {
    if (index >= COMPARED) return slots.set(index, value);
    slots.halves[2 * index] = Number(BigInt.asIntN(32, value));
    slots.halves[2 * index + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }

  function expectContent(slots: Slots, tree: MerkleTree, content: ReadonlyMap<number, bigint>): void {
    for (let index = 0; index < COUNT; index++) {
      const expected = content.get(index) ?? 0n;
      const leaf = Buffer.from(tree.leaf(index >>> 2));
      if (slots.get(index) !== expected || leaf.readBigUInt64BE((index & 3) * 8) !== expected) {
        throw new Error(`slot ${index} is ${slots.get(index)}, not ${expected}`);
      }
    }
  }
});
