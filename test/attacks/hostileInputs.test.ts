import { expect } from "chai";

import type { Hex } from "../../plugin/hex.js";
import type { ExecutedInput } from "../../plugin/node/executor.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, programOf } from "../helpers/chains.js";
import { disputeSteps, FIVE_LEVELS, type Proved } from "./chains.js";

/** Counts deposits and good inputs at the start of memory and publishes the count; else does what the input's first byte says. */
const HOSTILE = programOf(`
  (module
    (type $number (func (result i32)))
    (import "rollup" "input_word" (func $input (param i32 i32)))
    (import "rollup" "publish" (func $publish (param i32)))
    (import "rollup" "reject" (func $reject))
    (import "rollup" "keccak256" (func $keccak (param i32 i32 i32)))
    (memory (export "memory") 1 8)
    (table 2 funcref)
    (elem (i32.const 0) $recurse)
    (func $count
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (call $publish (i32.const 0)))
    (func $recurse (call $recurse))
    (func $exhaust
      (loop $again
        (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))
    (func (export "handle") (local $kind i32)
      (call $input (i32.const 0) (i32.const 32))
      (call $input (i32.const 8) (i32.const 64))
      (local.set $kind (i32.load8_u (i32.const 64)))
      (if (i32.eq (i32.load8_u (i32.const 63)) (i32.const 2)) (then (local.set $kind (i32.const 0))))
      ;; What a restored input has written must be gone.
      (i32.store (i32.const 96) (local.get $kind))
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (unreachable)))
      (if (i32.eq (local.get $kind) (i32.const 2)) (then (loop $forever (br $forever))))
      (if (i32.eq (local.get $kind) (i32.const 3)) (then (call $recurse)))
      (if (i32.eq (local.get $kind) (i32.const 4))
        (then (call $exhaust) (i32.store (i32.const 524288) (i32.const 1))))
      (if (i32.eq (local.get $kind) (i32.const 5))
        (then (i32.store (i32.const 0) (i32.div_s (i32.const 1) (i32.const 0)))))
      (if (i32.eq (local.get $kind) (i32.const 6)) (then (drop (call_indirect (type $number) (i32.const 1)))))
      (if (i32.eq (local.get $kind) (i32.const 7)) (then (drop (call_indirect (type $number) (i32.const 0)))))
      (if (i32.eq (local.get $kind) (i32.const 8)) (then (call $reject)))
      (if (i32.eq (local.get $kind) (i32.const 9))
        (then (call $keccak (i32.const 128) (i32.const 256) (i32.const 0))))
      (if (i32.eq (local.get $kind) (i32.const 10)) (then (call $exhaust)))
      (call $count)))`);

/** What the first byte of an input makes the guest do, how that ends, and which instruction ends it. */
const INPUTS: readonly (readonly [what: string, byte: number, outcome: ExecutedInput["outcome"], kind: string])[] = [
  ["traps", 1, "trapped", "unreachable"],
  ["loops for ever", 2, "out-of-budget", "restore"],
  ["recurses until the stack is full", 3, "trapped", "call"],
  ["exhausts memory and stores past its end", 4, "trapped", "i32.store"],
  ["divides by zero", 5, "trapped", "i32.div_s"],
  ["calls no function", 6, "trapped", "call_indirect"],
  ["calls a function of another type", 7, "trapped", "call_indirect"],
  ["rejects its input", 8, "rejected", "host.reject"],
  ["hashes more than a host call takes", 9, "trapped", "host.keccak256"],
  ["exhausts memory and goes on", 10, "returned", "return"],
];

describe("an input that traps, loops for ever, or exhausts memory", () => {
  let chain: TestChain;
  let honest: Party;
  let parent: Hex;
  let truth: Hex;
  let proved: Proved;
  let executed: readonly ExecutedInput[];

  before(async function () {
    this.timeout(120_000);
    const config = { ...FIVE_LEVELS, inputBudget: { batch: 150_000, message: 40_000 } };
    chain = await deployTestChain(config, HOSTILE);
    const [sequencer, user] = [await chain.sequencer(), await chain.user()];
    await user.deposit(1n);
    await sequencer.drain();
    for (const [, byte] of INPUTS) {
      sequencer.submit(new Uint8Array([byte]));
      await sequencer.postBatch();
    }
    // The worst of them from somebody whom no sequencer can stop, and then a deposit.
    await user.sendMessage(new Uint8Array([2]));
    await user.deposit(1n);
    await chain.timeTravel.passForcedInclusion();
    await user.forceInclude();
    honest = await chain.honest();
    parent = await honest.assert();
    truth = await honest.assert();
    executed = chain.node.executor.executed();
    const lastStepOf = ({ number, steps }: ExecutedInput): bigint =>
      ((number - 1n) << BigInt(FIVE_LEVELS.stepBits)) + steps - 1n;
    proved = await disputeSteps(chain, honest, parent, truth, executed.slice(1).map(lastStepOf));
  });

  for (const [index, [what, , outcome, kind]] of INPUTS.entries()) {
    it(`is consumed when it ${what}, and the lie that it ended otherwise is refuted by one step on chain`, () => {
      const { number, steps, outcome: found } = executed[index + 1];
      expect(found).to.equal(outcome);
      expect(proved.get(((number - 1n) << BigInt(FIVE_LEVELS.stepBits)) + steps - 1n)).to.equal(kind);
    });
  }

  it("costs no more than a message's own small budget when it is forced in", () => {
    const forced = executed[INPUTS.length + 1];
    expect(forced).to.include({ outcome: "out-of-budget", steps: 40_001n });
  });

  it("changes nothing: the chain lives on, the next deposit is counted and the truth confirmed", () => {
    const { confirmed } = chain.node.assertions;
    expect(confirmed.id).to.equal(truth);
    expect(executed[executed.length - 1]).to.include({ outcome: "returned" });
    // Two deposits, and the input that exhausted memory and returned.
    expect(confirmed.state.outputRoot.slice(0, 10)).to.equal("0x03000000");
    // That one aside, what they wrote beside the count is gone: the last one to write was a deposit.
    expect(BigInt(confirmed.state.outputRoot) & ((1n << 224n) - 1n)).to.equal(0n);
  });
});
