import { expect } from "chai";
import fc from "fast-check";

import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { ACCESS_SIZES } from "../../../plugin/machines/wasm/access.js";
import { isStore, opcodeName } from "../../../plugin/machines/wasm/opcodes.js";
import { assemble, program } from "./guest.js";

const ACCESSES = Array.from(ACCESS_SIZES.keys()).filter(
  (op) => ACCESS_SIZES[op] > 0 && !/f32|f64/.test(opcodeName(op)),
);

function exportName(op: number, offset: number): string {
  return `${opcodeName(op)}+${offset}`;
}

const OFFSETS = [0, 3, 65_530, 4_294_967_295];

function moduleText(): string {
  const functions = ACCESSES.flatMap((op) =>
    OFFSETS.map((offset) => {
      const [name, type] = [opcodeName(op), opcodeName(op).slice(0, 3)];
      const signature = isStore(op) ? `(param i32 ${type})` : `(param i32) (result ${type})`;
      const operands = isStore(op) ? "(local.get 0) (local.get 1)" : "(local.get 0)";
      return `(func (export "${exportName(op, offset)}") ${signature} (${name} offset=${offset} align=1 ${operands}))`;
    }),
  );
  return `(module (memory (export "memory") 2 4) (func (export "handle")) ${functions.join("\n")})`;
}

describe("loads and stores", () => {
  const bytes = assemble(moduleText());
  const machine = loadWasmProgram(bytes).start();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
  /** Around leaves, tree pages, WebAssembly pages and the end of memory. */
  const address = fc.oneof(
    fc
      .tuple(fc.constantFrom(0, 32, 64, 4096, 8192, 65_536, 131_072), fc.integer({ min: -9, max: 9 }))
      .map(([base, delta]) => (base + delta) >>> 0),
    fc.nat(131_072),
    fc.nat(2 ** 31 - 1).map((half) => half * 2),
  );

  for (const op of ACCESSES) {
    it(`${opcodeName(op)} does what V8 does, unaligned, across pages and past the end`, () => {
      fc.assert(
        fc.property(
          address,
          fc.constantFrom(...OFFSETS),
          fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
          (at, offset, value) => {
            const name = exportName(op, offset);
            const isLong = opcodeName(op).startsWith("i64");
            const call = instance.exports[name] as (...args: (number | bigint)[]) => number | bigint | undefined;
            const native = ((): string => {
              try {
                const result = isStore(op) ? call(at, isLong ? value : Number(BigInt.asIntN(32, value))) : call(at);
                return result === undefined ? "done" : BigInt.asUintN(isLong ? 64 : 32, BigInt(result)).toString();
              } catch {
                return "out of bounds memory access";
              }
            })();
            const end = machine.invoke(name, isStore(op) ? [BigInt(at), value] : [BigInt(at)], 100);
            const ours =
              end.kind === "returned"
                ? (end.results[0]?.toString() ?? "done")
                : end.kind === "trapped"
                  ? end.cause
                  : end.kind;
            expect(ours).to.equal(native);
          },
        ),
        { seed: op, numRuns: 300 },
      );
      expect(Buffer.compare(machine.registers.memory.bytes.subarray(0, memory.length), memory)).to.equal(0);
    });
  }

  it("a memory's tree after all of that is the tree of its bytes", () => {
    const { memory: ours } = machine.registers;
    expect(ours.share().root()).to.deep.equal(MerkleTree.of(13, ours.bytes).root());
  });
});

describe("memory.size and memory.grow", () => {
  const text = `(memory 1 3)
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))`;
  const result = (name: string, args: bigint[] = []): unknown => {
    const end = machine.invoke(name, args, 100);
    return end.kind === "returned" ? end.results[0] : end.kind === "trapped" ? end.cause : end.kind;
  };
  const machine = program(text).start();

  it("grow up to the declared maximum, and refuse more", () => {
    expect(result("peek", [65_536n])).to.equal("out of bounds memory access");
    expect(result("grow", [1n])).to.equal(1n);
    expect(result("peek", [65_536n])).to.equal(0n);
    expect(result("grow", [2n])).to.equal(0xffffffffn);
    expect(result("grow", [0xffffffffn])).to.equal(0xffffffffn);
    expect(result("grow", [0n])).to.equal(2n);
    expect(result("grow", [1n])).to.equal(2n);
    expect(result("size")).to.equal(3n);
    result("poke", [196_604n, 77n]);
    expect(result("peek", [196_604n])).to.equal(77n);
  });

  it("have a tree as deep as the maximum needs", () => {
    expect(program("(memory 1 3)").memoryDepth).to.equal(13);
    expect(program("(memory 1 1)").memoryDepth).to.equal(11);
    expect(program("(memory 1)").memoryDepth).to.equal(27);
    expect(program("").memoryDepth).to.equal(11);
  });

  it("let a memory of 4 GiB be used here and there", () => {
    const large = program(`(memory 0)
      (func (export "fill") (result i32) (drop (memory.grow (i32.const 65536))) (i32.store (i32.const -4) (i32.const 5)) (i32.load (i32.const -4)))`).start();
    const end = large.invoke("fill", [], 100);
    expect(end).to.deep.include({ kind: "returned", results: [5n] });
    expect(large.stateHash()).to.match(/^0x00/);
  });
});
