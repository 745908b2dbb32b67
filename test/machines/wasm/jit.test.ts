import { expect } from "chai";

import type { Input } from "../../../plugin/input.js";
import type { GuestLog } from "../../../plugin/machines/machine.js";
import { loadWasmProgram, type WasmProgram } from "../../../plugin/machines/wasm/index.js";
import type { WasmMachine } from "../../../plugin/machines/wasm/wasmMachine.js";
import { assembleModule, named, sized, vector } from "../../fuzz/binary.js";
import { IMPORTS, inputOf, program } from "./guest.js";

/** A machine that takes whole inputs on V8 beside one that takes every step. */
class Pair {
  private readonly logs: [GuestLog[], GuestLog[]] = [[], []];
  private readonly whole: WasmMachine;
  private readonly stepped: WasmMachine;

  constructor(
    program: WasmProgram,
    private readonly preimages: Readonly<Record<string, Uint8Array>> = {},
  ) {
    const [whole, stepped] = this.logs.map((logs) =>
      program.start({ log: (log) => logs.push(log), preimage: (hash) => this.preimages[hash] }),
    );
    [this.whole, this.stepped] = [whole, stepped];
  }

  /** Gives how the input ended, and its steps without the delivery, when both agree on everything. */
  handle(input: Input): { readonly outcome: string; readonly cause: string | undefined; readonly steps: number } {
    this.whole.deliver(input);
    const steps = this.whole.runWhole();
    this.stepped.deliver(input);
    expect(steps, "steps").to.equal(this.stepped.run(Number.MAX_SAFE_INTEGER));
    return this.compared(steps!);
  }

  /** As `handle`, for what V8 is expected to leave to the stepper. */
  leave(input: Input): string | undefined {
    this.whole.deliver(input);
    const before = this.whole.stateHash();
    expect(this.whole.runWhole()).to.equal(undefined);
    expect(this.whole.stateHash()).to.equal(before);
    this.stepped.deliver(input);
    const steps = this.whole.run(Number.MAX_SAFE_INTEGER);
    expect(steps).to.equal(this.stepped.run(Number.MAX_SAFE_INTEGER));
    return this.compared(steps).cause;
  }

  private compared(steps: number): { outcome: string; cause: string | undefined; steps: number } {
    const { whole, stepped } = this;
    expect(whole.outcome).to.equal(stepped.outcome);
    expect(whole.trapCause).to.equal(stepped.trapCause);
    expect(whole.state()).to.deep.equal(stepped.state());
    expect(this.logs[0]).to.deep.equal(this.logs[1]);
    return { outcome: whole.outcome!, cause: whole.trapCause, steps };
  }
}

const withBudget = (budget: number, data = new Uint8Array()): Input => inputOf(data, { budget: BigInt(budget) });

/** An input whose first bytes are these numbers, most significant byte first, a word each. */
function words(...values: number[]): Input {
  const data = new Uint8Array(32 * values.length);
  values.forEach((value, index) => new DataView(data.buffer).setUint32(32 * index, value, true));
  return inputOf(data, { budget: 100_000_000n });
}

describe("a WASM machine that runs whole inputs on V8", function () {
  this.timeout(240_000);

  it("stops at every budget of a program with all kinds of branches", () => {
    const pair = new Pair(
      program(`
      ${IMPORTS} (memory 1)
      (func $pick (param i32) (result i32)
        (block $a (result i32)
          (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
          (drop (br_if $a (i32.const 2) (i32.eq (local.get 0) (i32.const 3))))
          (i32.add (i32.const 4) (br_if $a (i32.const 3) (i32.eq (local.get 0) (i32.const 1))))))
      (func (export "handle") (local i32 i64)
        (loop $again
          (if (i32.and (local.get 0) (i32.const 1))
            (then (call $publish (i32.const 32)))
            (else (i32.store (i32.const 32) (call $pick (i32.and (local.get 0) (i32.const 3))))))
          (local.set 0 (i32.add (local.get 0) (i32.const 1)))
          (call $log (i32.const 32) (local.get 0))
          (br_if $again (i32.lt_u (local.get 0) (i32.const 9)))))`),
    );
    const { steps, outcome } = pair.handle(withBudget(10_000));
    expect(outcome).to.equal("returned");
    for (let budget = 1; budget <= steps + 2; budget++) pair.handle(withBudget(budget));
  });

  it("counts what a jump table's targets cost, each its own", () => {
    const pick = (extra: number[]): number[] => [
      ...[0x02, 0x7f, 0x02, 0x7f, ...extra, 0x41, 7, 0x23, 0, 0x0e, 3, 0, 1, 2, 0],
      ...[0x0b, 0x41, 1, 0x6a, 0x0b, 0x0b],
    ];
    const handle = [
      ...[0x03, 0x40, 0x10, 0, 0x1a, 0x10, 1, 0x1a, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0],
      ...[0x23, 0, 0x41, 5, 0x49, 0x0d, 0, 0x0b, 0x41, 0, 0x24, 0, 0x0b],
    ];
    const bodies = [pick([]), pick([0x42, 5]), handle].map((body) => sized([0, ...body]));
    const sections = new Map<number, number[]>([
      [
        1,
        vector([
          [0x60, 0, 0],
          [0x60, 0, 1, 0x7f],
        ]),
      ],
      [3, [3, 1, 1, 0]],
      [6, [1, 0x7f, 1, 0x41, 0, 0x0b]],
      [7, [1, ...named("handle"), 0, 2]],
      [10, vector(bodies)],
    ]);
    const binary = assembleModule(new Map([...sections].map(([kind, bytes]) => [kind, Uint8Array.from(bytes)])));
    const pair = new Pair(loadWasmProgram(binary));
    const { steps, outcome } = pair.handle(withBudget(10_000));
    expect(outcome).to.equal("returned");
    for (let budget = 1; budget <= steps + 2; budget++) pair.handle(withBudget(budget));
  });

  it("overflows the stack at the same call", () => {
    const wide = "(local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)".repeat(40);
    const pair = new Pair(
      program(`(memory 1)
      (func $down (param i32) ${wide} (i32.store (i32.const 8) (local.get 0)) (call $down (i32.add (local.get 0) (i32.const 1))))
      (func (export "handle") (call $down (i32.const 0)))`),
    );
    const { cause, steps } = pair.handle(withBudget(10_000_000));
    expect(cause).to.equal("stack exhausted");
    expect(pair.handle(withBudget(steps + 1)).cause).to.equal("stack exhausted");
    expect(pair.handle(withBudget(steps)).outcome).to.equal("out-of-budget");
  });

  it("leaves to the stepper what is too deep for V8's own stack, and goes on with the next input", () => {
    const pair = new Pair(
      program(`
      ${IMPORTS} (memory 1) (global $count (mut i32) (i32.const 0))
      (func $down (param i32)
        (i32.store (i32.const 4096) (local.get 0))
        (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "handle")
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (call $input_word (i32.const 8) (i32.const 0))
        (call $log (i32.const 0) (i32.const 4))
        (call $down (i32.load (i32.const 0))))`),
    );
    expect(pair.handle(words(100)).outcome).to.equal("returned");
    expect(pair.leave(words(1_000_000))).to.equal("stack exhausted");
    expect(pair.handle(words(100)).outcome).to.equal("returned");
  });

  it("finds every page that a store reaches, whatever its width, alignment and offset", () => {
    const stores = ["i32.store", "i32.store8", "i32.store16", "i64.store", "i64.store8", "i64.store16", "i64.store32"];
    const cases = stores.map((store, index) => {
      const value = store.startsWith("i32") ? "(i32.const -1)" : "(i64.const -1)";
      return `(if (i32.eq (i32.load (i32.const 32)) (i32.const ${2 * index})) (then (${store} (i32.load (i32.const 0)) ${value})))
        (if (i32.eq (i32.load (i32.const 32)) (i32.const ${2 * index + 1})) (then (${store} offset=4099 (i32.load (i32.const 0)) ${value})))`;
    });
    const pair = new Pair(
      program(`${IMPORTS} (memory 2 2)
      (func (export "handle")
        (call $input_word (i32.const 8) (i32.const 0))
        (call $input_word (i32.const 9) (i32.const 32))
        ${cases.join("\n")}
        (call $input_word (i32.const 9) (i32.const 0)))`),
    );
    const outcomes: string[] = [];
    for (const address of [4088, 4089, 4092, 4093, 4095, 4096, 8190, 65_530, 126_968, 131_064, 131_070, -1]) {
      for (let kind = 0; kind < 2 * stores.length; kind++) outcomes.push(pair.handle(words(address, kind)).outcome);
    }
    expect(new Set(outcomes)).to.deep.equal(new Set(["returned", "trapped"]));
  });

  it("grows memory as the machine does, and not when the input fails", () => {
    const pair = new Pair(
      program(`${IMPORTS} (memory 1 4)
      (func (export "handle")
        (call $input_word (i32.const 8) (i32.const 0))
        (call $input_word (i32.const 9) (i32.const 32))
        (i32.store (i32.const 64) (memory.grow (i32.load (i32.const 0))))
        (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 7))
        (if (i32.load (i32.const 32)) (then (call $reject))))`),
    );
    const grown = [
      [1, 1],
      [0, 0],
      [1, 0],
      [9, 0],
      [-1, 0],
      [2, 1],
      [2, 0],
      [1, 0],
    ].map(([by, rejects]) => pair.handle(words(by, rejects)).outcome);
    expect(grown.filter((outcome) => outcome === "rejected")).to.have.length(2);
  });

  it("tells indirect calls' traps apart, and calls imports through a table", () => {
    const pair = new Pair(
      program(`${IMPORTS} (memory 1) (type $nothing (func)) (type $pointer (func (param i32)))
      (table 8 funcref) (elem (i32.const 1) func $good $publish $bad)
      (func $good) (func $bad (param i64))
      (func (export "handle")
        (call $input_word (i32.const 8) (i32.const 0))
        (if (i32.eq (i32.load (i32.const 0)) (i32.const 2))
          (then (call_indirect (type $pointer) (i32.const 0) (i32.load (i32.const 0))))
          (else (call_indirect (type $nothing) (i32.load (i32.const 0))))))`),
    );
    const causes = [0, 1, 2, 3, 7, 8, -1].map((index) => pair.handle(words(index)).cause ?? "returned");
    const [table, empty, type] = ["undefined element", "uninitialized element", "indirect call type mismatch"];
    expect(causes).to.deep.equal([empty, "returned", "returned", type, empty, table, table]);
  });

  it("counts to the instruction that trapped, of each kind, in the middle of a segment", () => {
    const traps = {
      "(drop (i32.div_s (i32.const 1) (local.get 0)))": "integer divide by zero",
      "(drop (i32.rem_u (i32.const 1) (local.get 0)))": "integer divide by zero",
      "(drop (i64.rem_s (i64.const 1) (local.get 1)))": "integer divide by zero",
      "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1))))": "integer overflow",
      "(drop (i64.div_s (i64.const 0x8000000000000000) (i64.sub (local.get 1) (i64.const 1))))": "integer overflow",
      "(drop (i64.load offset=65530 (local.get 0)))": "out of bounds memory access",
      "(i64.store8 offset=65536 (local.get 0) (local.get 1))": "out of bounds memory access",
      "(memory.copy (i32.const 65000) (local.get 0) (i32.const 1000))": "out of bounds memory access",
      "(call $keccak256 (local.get 0) (i32.const 300) (local.get 0))": "operand too long",
      "(call $publish (i32.const 1))": "unaligned pointer",
      "(call $preimage_word (i32.const 0) (i32.const 0) (i32.const 0))": "preimage not published",
      unreachable: "unreachable",
    };
    for (const [text, cause] of Object.entries(traps)) {
      const body = `(i32.store (i32.const 0) (i32.const 9)) ${text} (i32.store (i32.const 4) (i32.const 9)) (i32.store (i32.const 8) (i32.const 9))`;
      const pair = new Pair(program(`${IMPORTS} (memory 1) (func (export "handle") (local i32 i64) ${body})`));
      const { steps, cause: found } = pair.handle(withBudget(10_000));
      expect(found, text).to.equal(cause);
      for (const budget of [steps, steps + 1, steps + 2]) pair.handle(withBudget(budget));
    }
  });

  it("tells why a conversion of a float traps, and counts to where it does inside the library", () => {
    const types = ["i32", "i64"].flatMap((to) =>
      ["f32", "f64"].flatMap((from) => [`${to} ${from}_s`, `${to} ${from}_u`]),
    );
    const values = {
      nan: "invalid conversion to integer",
      inf: "integer overflow",
      "-1e30": "integer overflow",
      "3e19": "integer overflow",
    };
    for (const conversion of types) {
      const [to, from] = conversion.split(" ");
      for (const [value, cause] of Object.entries(values)) {
        const pair = new Pair(
          program(`(memory 1) (func (export "handle") (local ${from.slice(0, 3)})
          (i32.store (i32.const 8) (i32.const 1))
          (local.set 0 (${from.slice(0, 3)}.const ${value}))
          (${to}.store (i32.const 0) (${to}.trunc_${from} (local.get 0))) (i32.store (i32.const 16) (i32.const 1)))`),
        );
        const { steps, cause: found } = pair.handle(withBudget(10_000));
        expect(found, `${to}.trunc_${from} of ${value}`).to.equal(cause);
        for (const budget of [steps, steps + 1, steps + 2]) pair.handle(withBudget(budget));
      }
    }
  });

  it("leaves to the stepper what V8 takes as it is, but not with its steps counted", () => {
    // V8 takes 50,000 locals; the instrumented function has a few more.
    const pair = new Pair(
      program(`${IMPORTS} (memory 1)
      (func $wide ${"(local i64)".repeat(49_998)} (local.set 0 (i64.const 3)) (i64.store (i32.const 8) (local.get 0)))
      (func (export "handle")
        (call $input_word (i32.const 8) (i32.const 0))
        (if (i32.load (i32.const 0)) (then (call $wide)))
        (i32.store (i32.const 0) (memory.grow (i32.const 1))))`),
    );
    for (const called of [1, 0, 1]) expect(pair.leave(words(called))).to.equal(undefined);
  });

  it("changes nothing when the host throws, and runs the input when it does no more", () => {
    const known = new Map<string, Uint8Array>();
    const host = {
      preimage: (hash: string) => {
        const preimage = known.get(hash);
        if (preimage === undefined) throw new Error("not yet");
        return preimage;
      },
    };
    const machine = program(`${IMPORTS} (memory 2) (func (export "handle")
      (i32.store (i32.const 5000) (i32.const 1)) (drop (memory.grow (i32.const 1)))
      (call $preimage_word (i32.const 0) (i32.const 0) (i32.const 8192)))`).start(host);
    const input = withBudget(1_000);
    const waiting = machine.snapshot();
    machine.deliver(input);
    const delivered = machine.stateHash();
    expect(() => machine.runWhole()).to.throw("not yet");
    expect(machine.stateHash()).to.equal(delivered);
    known.set(`0x${"00".repeat(32)}`, new Uint8Array(3));
    machine.restore(waiting);
    machine.deliver(input);
    expect(machine.runWhole()).to.be.greaterThan(5);
    expect(machine.outcome).to.equal("returned");
  });

  it("goes on from whatever state the machine was brought to between inputs", () => {
    const counting = program(`(memory 1) (global $g (mut i64) (i64.const 5)) (func (export "handle")
      (global.set $g (i64.add (global.get $g) (i64.const 1)))
      (i64.store (i32.const 9000) (i64.add (i64.load (i32.const 9000)) (global.get $g))))`);
    const [machine, stepped] = [counting.start(), counting.start()];
    const [first, other] = [machine.snapshot(), stepped.snapshot()];
    for (const engine of ["whole", "steps", "whole", "back", "whole", "steps", "back", "steps", "whole"]) {
      if (engine === "back") {
        machine.restore(first);
        stepped.restore(other);
      }
      for (const one of [machine, stepped]) one.deliver(withBudget(1_000));
      if (engine === "whole") machine.runWhole();
      else machine.run(1_000);
      stepped.run(1_000);
      expect(machine.stateHash()).to.equal(stepped.stateHash());
    }
  });
});
