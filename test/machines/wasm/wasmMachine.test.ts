import { expect } from "chai";
import { ethers } from "ethers";
import fc from "fast-check";

import { bytesToHex, wordOf, ZERO_WORD } from "../../../plugin/hex.js";
import type { Machine } from "../../../plugin/machines/machine.js";
import { hashCheckpoint } from "../../../plugin/machines/state.js";
import { hashOf, IMPORTS, inputOf, NO_DATA, program } from "./guest.js";

const ALL = 1_000_000;

/** Counts inputs in memory and a global; the first byte of an input decides how it ends. */
const COUNTER = `${IMPORTS}
  (memory 1 4) (global $count (mut i64) (i64.const 0))
  (func $deep (call $deep))
  (func (export "handle") (local $kind i32)
    (global.set $count (i64.add (global.get $count) (i64.const 1)))
    (i64.store (i32.const 4096) (global.get $count))
    (call $input_word (i32.const 8) (i32.const 64))
    (local.set $kind (i32.load8_u (i32.const 64)))
    (drop (memory.grow (i32.const 1)))
    (i32.store8 (i32.const 5000) (local.get $kind))
    (call $publish (i32.const 64))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (call $reject)))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then unreachable))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then (loop $l (br $l))))
    (if (i32.eq (local.get $kind) (i32.const 4)) (then (call $deep))))`;

const counter = program(COUNTER);
const input = (first: number, budget = 1_000n): ReturnType<typeof inputOf> =>
  inputOf(Uint8Array.of(first, 9, 9), { budget });

function handle(machine: Machine, given: ReturnType<typeof inputOf>): number {
  machine.deliver(given);
  return machine.run(ALL);
}

/** Core and output root as `checkpoint` commits to them. */
function committed(machine: Machine): string {
  const { core, outputRoot } = machine.state();
  return hashCheckpoint(core, outputRoot);
}

/** The next of a stream that never ends. */
function take(stream: Iterator<number>): number {
  return stream.next().value as number;
}

describe("WasmMachine", () => {
  it("waits at genesis, with no input taken", () => {
    const machine = counter.start();
    expect(machine.waiting).to.equal(true);
    expect(machine.step).to.equal(0);
    expect(machine.state()).to.deep.include({
      checkpoint: ZERO_WORD,
      outputRoot: ZERO_WORD,
      inputCount: 0n,
      deadline: 0n,
    });
    expect(machine.run(5)).to.equal(0);
  });

  it("hashes its state as Solidity does", () => {
    const { core, checkpoint, outputRoot, rejections, inputCount, deadline } = counter.start().state();
    const encoded = ethers.AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "bytes32", "bytes32", "bytes32", "uint64", "uint64"],
      [core, checkpoint, outputRoot, rejections, inputCount, deadline],
    );
    const expected = ethers.toBeHex(BigInt(ethers.keccak256(encoded)) >> 8n, 32);
    expect(counter.start().stateHash()).to.equal(expected);
  });

  it("keeps its state between inputs when the handler returns", () => {
    const machine = counter.start();
    machine.deliver(input(7));
    expect(machine.step).to.equal(1);
    expect(machine.state()).to.deep.include({ inputCount: 1n, deadline: 1_000n });
    expect(machine.run(ALL)).to.be.greaterThan(10);
    expect(machine.outcome).to.equal("returned");
    expect(machine.state()).to.deep.include({ checkpoint: ZERO_WORD, deadline: 0n, inputCount: 1n });
    expect(machine.state().outputRoot).to.equal(bytesToHex(wordOf(0x070909n << 232n)));
    handle(machine, input(8));
    expect(machine.registers.tables.get(0)).to.equal(2n);
    expect(machine.registers.memory.bytes[4096]).to.equal(2);
    expect(machine.registers.memory.pages).to.equal(3);
  });

  for (const [what, first, outcome] of [
    ["a reject", 1, "rejected"],
    ["a trap", 2, "trapped"],
    ["the end of the budget", 3, "out-of-budget"],
    ["an exhausted stack", 4, "trapped"],
  ] as const) {
    it(`${what} restores what was there before the input, except that it is counted and remembered`, () => {
      const machine = counter.start();
      handle(machine, input(7));
      const before = machine.state();
      handle(machine, input(first, first === 4 ? 1_000_000n : 1_000n));
      expect(machine.outcome).to.equal(outcome);
      const { rejections } = machine.state();
      expect(rejections).to.not.equal(before.rejections);
      expect(machine.state()).to.deep.equal({ ...before, rejections, inputCount: 2n });
      expect(machine.registers.memory.pages).to.equal(2);
      expect(machine.registers.memory.bytes[5000]).to.equal(7);
      handle(machine, input(9));
      expect(machine.registers.tables.get(0)).to.equal(2n);
    });
  }

  it("commits at delivery to what it would restore", () => {
    const machine = counter.start();
    handle(machine, input(7));
    const expected = committed(machine);
    machine.deliver(input(7));
    expect(machine.state().checkpoint).to.equal(expected);
    machine.run(20);
    expect(machine.state().checkpoint).to.equal(expected);
  });

  it("is stopped exactly at the budget, and the restore is a step", () => {
    const steps = (budget: bigint): [number, string | undefined] => {
      const machine = counter.start();
      const ran = handle(machine, input(3, budget));
      return [ran, machine.outcome];
    };
    expect(steps(1n)).to.deep.equal([1, "out-of-budget"]);
    expect(steps(2n)).to.deep.equal([2, "out-of-budget"]);
    expect(steps(500n)).to.deep.equal([500, "out-of-budget"]);
  });

  it("may use its budget up to the last step", () => {
    const needed = handle(counter.start(), input(7));
    for (const [budget, outcome] of [
      [needed + 1, "returned"],
      [needed, "out-of-budget"],
    ] as const) {
      const machine = counter.start();
      handle(machine, input(7, BigInt(budget)));
      expect(machine.outcome).to.equal(outcome);
    }
  });

  it("refuses a delivery while it runs", () => {
    const machine = counter.start();
    machine.deliver(input(7));
    expect(() => machine.deliver(input(7)))
      .to.throw()
      .with.property("code", "MACHINE_RUNS");
  });

  it("comes to the same states however its steps are cut, hashed or snapshot", () => {
    const whole = counter.start();
    const hashes: string[] = [];
    for (const first of [7, 2, 8]) {
      whole.deliver(input(first));
      for (hashes.push(whole.stateHash()); !whole.waiting; hashes.push(whole.stateHash())) whole.run(1);
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 9 })), fc.infiniteStream(fc.nat(3)), (cuts, actions) => {
        const machine = counter.start();
        let at = 0;
        for (const first of [7, 2, 8]) {
          machine.deliver(input(first));
          while (!machine.waiting) {
            const saved = machine.snapshot();
            const [action, cut] = [take(actions), take(cuts)];
            at += machine.run(cut);
            if (action === 1) expect(machine.stateHash()).to.equal(hashes[at]);
            if (action !== 2) continue;
            const hash = machine.stateHash();
            machine.restore(saved);
            while (machine.stateHash() !== hash) machine.run(1);
          }
          at++;
        }
        expect(machine.stateHash()).to.equal(hashes[hashes.length - 1]);
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it("restores any earlier snapshot, again and again", () => {
    const machine = counter.start();
    const saved = [machine.snapshot()];
    const hashes = [machine.stateHash()];
    for (const first of [7, 1, 8, 3, 2, 7]) {
      machine.deliver(input(first));
      machine.run(12);
      saved.push(machine.snapshot());
      hashes.push(machine.stateHash());
      machine.run(ALL);
      saved.push(machine.snapshot());
      hashes.push(machine.stateHash());
    }
    fc.assert(
      fc.property(fc.array(fc.nat(saved.length - 1)), (order) => {
        for (const index of order) {
          machine.restore(saved[index]);
          machine.run(index % 3);
          machine.restore(saved[index]);
          expect(machine.stateHash()).to.equal(hashes[index]);
        }
      }),
      { seed: 4, numRuns: 50 },
    );
  });

  it("has the same program hash for the same bytes, and another for others", () => {
    expect(program(COUNTER).hash).to.equal(counter.hash);
    expect(program(COUNTER.replace("(i32.const 5000)", "(i32.const 5001)")).hash).to.not.equal(counter.hash);
  });

  it("runs a start function before its first wait", () => {
    const machine = program(
      `${IMPORTS} (memory 1 1) (start $s) (func $s (i32.store8 (i32.const 31) (i32.const 3)) (call $publish (i32.const 0)))`,
    ).start();
    expect(machine.waiting).to.equal(true);
    expect(machine.state()).to.deep.include({ outputRoot: bytesToHex(wordOf(3)), inputCount: 0n });
    expect(() => program("(start $s) (func $s unreachable)").start())
      .to.throw()
      .with.property("code", "WASM_GENESIS_FAILED");
  });
});

describe("host calls", () => {
  const data = Uint8Array.from({ length: 70 }, (_, index) => index + 1);
  const run = (body: string, given = inputOf(data), host = {}): ReturnType<typeof counter.start> => {
    const machine = program(
      `${IMPORTS} (memory 2 2) (data (i32.const 256) "abc") (func (export "handle") ${body})`,
    ).start(host);
    handle(machine, given);
    return machine;
  };
  const word = (machine: ReturnType<typeof run>, pointer: number): string =>
    bytesToHex(machine.registers.memory.bytes.subarray(pointer, pointer + 32));

  it("input_word tells what the input is, then its bytes, then zeros", () => {
    const body = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4_294_967_295]
      .map((index, place) => `(call $input_word (i32.const ${index}) (i32.const ${512 + 32 * place}))`)
      .join("");
    const machine = run(body, inputOf(data, { kind: "deposit" }));
    const expected = [2, BigInt(`0x${"5e".repeat(20)}`), 7, 1_700_000_000, 1_234, 70, 0, 0].map((value) =>
      bytesToHex(wordOf(value)),
    );
    const padded = new Uint8Array(160);
    padded.set(data);
    for (let i = 0; i < 5; i++) expected.push(bytesToHex(padded.subarray(32 * i, 32 * i + 32)));
    expect(machine.outcome).to.equal("returned");
    expected.forEach((value, place) => expect(word(machine, 512 + 32 * place), String(place)).to.equal(value));
  });

  it("keccak256 and sha256 hash up to 256 bytes of one block", () => {
    const machine =
      run(`(call $keccak256 (i32.const 256) (i32.const 3) (i32.const 0)) (call $sha256 (i32.const 257) (i32.const 255) (i32.const 32))
      (call $keccak256 (i32.const 256) (i32.const 0) (i32.const 64)) (call $keccak256 (i32.const 512) (i32.const 256) (i32.const 512))`);
    expect(machine.outcome).to.equal("returned");
    const rest = new Uint8Array(255);
    rest.set(Buffer.from("bc"));
    expect(word(machine, 0)).to.equal(hashOf(Buffer.from("abc")));
    expect(word(machine, 32)).to.equal(ethers.sha256(rest));
    expect(word(machine, 64)).to.equal(hashOf(new Uint8Array()));
    expect(word(machine, 512)).to.equal(hashOf(new Uint8Array(256)));
  });

  it("ecrecover gives the signer, and zero for what nobody signed", () => {
    const wallet = new ethers.Wallet(`0x${"11".repeat(32)}`);
    const digest = ethers.id("hello");
    const { v, r, s } = wallet.signingKey.sign(digest);
    const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const recovered = (words: (bigint | number | string)[]): string => {
      const bytes = Buffer.concat(words.map((value) => wordOf(BigInt(value))));
      const machine = run(
        [0, 1, 2, 3]
          .map((index) => `(call $input_word (i32.const ${8 + index}) (i32.const ${1024 + 32 * index}))`)
          .join("") + "(call $ecrecover (i32.const 1024) (i32.const 0))",
        inputOf(bytes),
      );
      expect(machine.outcome).to.equal("returned");
      return word(machine, 0);
    };
    const address = bytesToHex(wordOf(BigInt(wallet.address)));
    expect(recovered([digest, v, r, s])).to.equal(address);
    expect(recovered([digest, v === 27 ? 28 : 27, r, N - BigInt(s)])).to.equal(address);
    expect(recovered([digest, v === 27 ? 28 : 27, r, s])).to.not.equal(address);
    for (const words of [
      [digest, 29, r, s],
      [digest, BigInt(v) + (1n << 200n), r, s],
      [digest, v, 0, s],
      [digest, v, r, 0],
      [digest, v, N, s],
      [digest, v, r, N],
      [digest, v, 5, s],
    ]) {
      expect(recovered(words)).to.equal(ZERO_WORD);
    }
  });

  it("preimage_word reads what was published before the input, and traps on the rest", () => {
    const known = new Map([[hashOf(data), data]]);
    const host = {
      preimage: (hash: `0x${string}`, before: bigint) => (before === 1_234n ? known.get(hash) : undefined),
    };
    const body = `(call $input_word (i32.const 8) (i32.const 0))
      (call $preimage_word (i32.const 0) (i32.const 0) (i32.const 32)) (call $preimage_word (i32.const 0) (i32.const 3) (i32.const 64))
      (call $preimage_word (i32.const 0) (i32.const 4) (i32.const 96))`;
    const machine = run(body, inputOf(Buffer.from(hashOf(data).slice(2), "hex")), host);
    expect(machine.outcome).to.equal("returned");
    const last = new Uint8Array(32);
    last.set(data.subarray(64));
    expect([32, 64, 96].map((at) => word(machine, at))).to.deep.equal([
      bytesToHex(wordOf(70)),
      bytesToHex(last),
      ZERO_WORD,
    ]);
    expect(run(body, inputOf(data), host).trapCause).to.equal("preimage not published");
    expect(run(body, inputOf(Buffer.from(hashOf(data).slice(2), "hex"), { blockNumber: 9n }), host).outcome).to.equal(
      "trapped",
    );
  });

  it("log reports bytes, clamped to memory, and changes nothing", () => {
    const logs: string[] = [];
    const host = {
      log: ({ inputNumber, data: bytes }: { inputNumber: bigint; data: Uint8Array }) =>
        logs.push(`${inputNumber}:${Buffer.from(bytes).toString()}:${bytes.length}`),
    };
    const machine = run(
      `(call $log (i32.const 256) (i32.const 3)) (call $log (i32.const 131070) (i32.const 100)) (call $log (i32.const -1) (i32.const -1))`,
      NO_DATA,
      host,
    );
    expect(machine.outcome).to.equal("returned");
    expect(logs).to.deep.equal(["7:abc:3", "7:\0\0:2", "7::0"]);
  });

  for (const [call, cause] of [
    ["$publish (i32.const 1)", "unaligned pointer"],
    ["$publish (i32.const 131072)", "out of bounds memory access"],
    ["$publish (i32.const -32)", "out of bounds memory access"],
    ["$input_word (i32.const 0) (i32.const 16)", "unaligned pointer"],
    ["$keccak256 (i32.const 200) (i32.const 57) (i32.const 0)", "operand too long"],
    ["$keccak256 (i32.const 0) (i32.const 257) (i32.const 0)", "operand too long"],
    ["$keccak256 (i32.const 0) (i32.const -1) (i32.const 0)", "operand too long"],
    ["$sha256 (i32.const 131072) (i32.const 0) (i32.const 0)", "out of bounds memory access"],
    ["$sha256 (i32.const 0) (i32.const 0) (i32.const 8)", "unaligned pointer"],
    ["$ecrecover (i32.const 64) (i32.const 0)", "unaligned pointer"],
    ["$ecrecover (i32.const 131072) (i32.const 0)", "out of bounds memory access"],
    ["$preimage_word (i32.const 0) (i32.const 0) (i32.const 31)", "unaligned pointer"],
  ]) {
    it(`${call} traps: ${cause}`, () => {
      expect(run(`(call ${call})`).trapCause).to.equal(cause);
    });
  }
});
