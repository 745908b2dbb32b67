import { expect } from "chai";

import { V8Engine } from "../../../plugin/machines/wasm/jit/v8Engine.js";
import type { WasmProgram } from "../../../plugin/machines/wasm/program.js";
import type { SlotValue } from "../../../plugin/machines/wasm/regions.js";
import { TRAP_CAUSES } from "../../../plugin/machines/traps.js";
import { Random } from "../../fuzz/random.js";
import { signedLeb, unsignedLeb } from "../../../plugin/machines/wasm/lowering/rewrite.js";
import { loadLowered, type LoweredBody } from "./lowered.js";
import { inputOf } from "./twins.js";

const PROGRAMS = 150;
const CALLS = 12;
const MAX_STEPS = 3_000;

const NOTHING = { parameters: [], results: [] };
const TYPES = [NOTHING, { parameters: ["i32"] as const, results: ["i32"] as const }, NOTHING];

/** Globals: the size of the growing table, a counter, and what is read. */
const [SIZE, COUNTER, SEEN] = [0, 1, 2];

/** Regions: a table that grows and changes, one that never changes, slots over several pages, slots that are only read, and none. */
const [CHANGING, FIXED, WIDE, READ, EMPTY] = [0, 1, 2, 3, 4];
const SIZES = [9, 7, 1500, 6, 0];

const globalGet = (index: number): number[] => [0x23, index];
const globalSet = (index: number): number[] => [0x24, index];
const i32 = (value: number): number[] => [0x41, ...signedLeb(BigInt(value))];
const i64 = (value: bigint): number[] => [0x42, ...signedLeb(value)];

/** Random bodies that read, write and call through regions. */
class Generator {
  constructor(
    private readonly random: Random,
    private readonly functions: number,
  ) {}

  body(type: number): LoweredBody {
    const statements = Array.from({ length: 1 + this.random.below(7) }, () => this.statement(2)).flat();
    return { type, locals: ["i64"], code: type === 1 ? [...statements, ...this.index(16)] : statements };
  }

  private statement(depth: number): number[] {
    switch (this.random.below(depth > 0 ? 8 : 6)) {
      case 0:
        return [...this.index(12), ...this.reference(), 0x26, CHANGING];
      case 1:
        return [...this.index(1502), ...this.word(), 0x26, WIDE];
      case 2:
        return [...this.word(), ...globalSet(SEEN)];
      case 3:
        return this.call();
      case 4:
        return this.random.below(6) === 0
          ? [...this.index(3), ...i64(1n), 0x26, EMPTY]
          : [...i32(this.random.below(SIZES[CHANGING] + 1)), ...globalSet(SIZE)];
      case 5:
        return [...globalGet(COUNTER), ...i64(7n), 0x7c, ...globalSet(COUNTER)];
      default:
        return [...this.index(2), 0x04, 0x40, ...this.statement(depth - 1), 0x05, ...this.statement(depth - 1), 0x0b];
    }
  }

  /** An i32 below `limit`, which depends on the counter half of the time. */
  private index(limit: number): number[] {
    const constant = this.random.below(limit);
    if (this.random.below(40) === 0) return i32(-1 - constant);
    if (this.random.below(2) === 0) return i32(constant);
    return [...globalGet(COUNTER), 0xa7, ...i32(constant), 0x6a, ...i32(limit), 0x70];
  }

  private reference(): number[] {
    const kind = this.random.below(4);
    if (kind === 0) return i64(0n);
    if (kind === 1) return [...this.index(8), 0x25, FIXED];
    return kind === 2 ? [...this.index(10), 0x25, CHANGING] : [0xd2, ...unsignedLeb(this.random.below(this.functions))];
  }

  private word(): number[] {
    const kind = this.random.below(3);
    if (kind === 0) return i64(BigInt.asIntN(64, this.random.value()));
    return kind === 1 ? [...this.index(1502), 0x25, WIDE] : [...this.index(6), 0x25, READ];
  }

  private call(): number[] {
    const [type, region] = [this.random.below(3), this.random.below(8) === 0 ? EMPTY : this.random.below(2)];
    const index = this.index(region === CHANGING ? 11 : 8);
    return type === 1 ? [...this.index(4), ...index, 0x11, type, region, 0x1a] : [...index, 0x11, type, region];
  }
}

/** A program of seven functions, of all types, whose tables hold them at first. */
function generate(seed: number): WasmProgram {
  const random = new Random(seed);
  const types = [0, 1, 2, 0, 1, 0, 2];
  const generator = new Generator(random, types.length);
  const references = (count: number): SlotValue[] =>
    Array.from({ length: count }, () => (random.below(4) === 0 ? 0n : { function: random.below(types.length) }));
  const words = (count: number): bigint[] => Array.from({ length: count }, () => random.value());
  const contents = [references(5), references(6), words(700), words(5), []];
  return loadLowered({
    types: TYPES,
    functions: types.map((type) => generator.body(type)),
    globals: [
      { type: "i32", value: 5n },
      { type: "i64", value: random.value() },
      { type: "i64", value: 0n },
    ],
    regions: SIZES.map((size, index) => ({
      ...{ size, contents: contents[index] },
      ...(index === CHANGING ? { sizeGlobal: SIZE } : {}),
    })),
  });
}

describe("regions on V8", function () {
  this.timeout(60_000);

  it("are as on the stepper: slots, results, traps and steps of random programs, call by call", () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const program = generate(seed);
      const [machine, other] = [program.start(), program.start()];
      const engine = new V8Engine(program, {});
      const random = new Random(seed);
      for (let call = 0; call < CALLS; call++) {
        const name = `f${random.below(7)}`;
        const layout = program.exported(name)!;
        const args = layout.type.parameters.map(() => random.value());
        const before = machine.snapshot();
        const stepped = machine.invoke(name, args, MAX_STEPS);
        const options = { layout, args, maxSteps: MAX_STEPS, input: undefined, keepTrapped: random.below(2) === 0 };
        const whole = engine.run(other.registers, options);
        const label = `seed ${seed}, call ${call}`;
        expect(whole?.kind, label).to.equal(stepped.kind);
        if (stepped.kind !== "out-of-steps") expect(whole).to.include({ steps: stepped.steps }, label);
        if (stepped.kind === "returned") expect(whole).to.deep.include({ results: stepped.results }, label);
        if (stepped.kind === "trapped") expect(whole).to.include({ trap: TRAP_CAUSES.indexOf(stepped.cause) }, label);
        const kept = stepped.kind === "returned" || (stepped.kind === "trapped" && options.keepTrapped);
        if (!kept) machine.restore(before);
        expect(other.state(), label).to.deep.equal(machine.state());
        const end = stepped.kind === "trapped" ? stepped.cause : stepped.kind;
        seen.set(end, (seen.get(end) ?? 0) + 1);
      }
    }
    const ends = ["returned", "out-of-steps", "undefined element", "uninitialized element"];
    expect([...seen.keys()]).to.include.members([
      ...ends,
      ...["indirect call type mismatch", "out of bounds table access"],
    ]);
    for (const [end, count] of seen) expect(count, end).to.be.greaterThan(5);
  });

  it("end every input with the stepper's state, whatever snapshot it began from and at whatever budget", () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const program = generate(seed);
      const [whole, stepped] = [program.start(), program.start()];
      const snapshots = [[whole.snapshot(), stepped.snapshot()]];
      const random = new Random(seed);
      for (let call = 0; call < CALLS; call++) {
        if (random.below(2) === 0) {
          const recent = snapshots.slice(-1 - random.below(3));
          const [one, other] = recent[0];
          whole.restore(one);
          stepped.restore(other);
        }
        const counter = random.value();
        for (const { registers } of [whole, stepped]) registers.tables.set(COUNTER, counter);
        const input = inputOf("0x", new Uint8Array(), { budget: BigInt(1 + random.below(60)) });
        for (const machine of [whole, stepped]) machine.deliver(input);
        expect(whole.runWhole(), `seed ${seed}`).to.equal(stepped.run(MAX_STEPS));
        expect(whole.stateHash(), `seed ${seed}`).to.equal(stepped.stateHash());
        expect(whole.trapCause).to.equal(stepped.trapCause);
        outcomes.add(whole.outcome!);
        snapshots.push([whole.snapshot(), stepped.snapshot()]);
      }
    }
    expect([...outcomes]).to.have.members(["returned", "trapped", "out-of-budget"]);
  });
});
