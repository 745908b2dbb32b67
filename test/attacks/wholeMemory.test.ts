import { expect } from "chai";

import { deployTestChain, programOf } from "../helpers/chains.js";
import { disputeSteps, FIVE_LEVELS } from "./chains.js";

/** Declares no maximum; takes all memory that there is at once, and uses its end. */
const GREEDY = programOf(`
  (module
    (import "rollup" "input_word" (func $input (param i32 i32)))
    (import "rollup" "publish" (func $publish (param i32)))
    (import "rollup" "keccak256" (func $keccak (param i32 i32 i32)))
    (memory (export "memory") 1)
    (func (export "handle")
      (call $input (i32.const 8) (i32.const 64))
      (drop (memory.grow (i32.const 65535)))
      (i64.store (i32.const 0xffffffdd) (i64.const 0x1122334455667788))
      (i64.store (i32.const 0x7ffffffd) (i64.load (i32.const 0xffffffdd)))
      (i64.store (i32.const 0) (i64.load (i32.const 0x7ffffffd)))
      (call $keccak (i32.const 0xffffff00) (i32.const 256) (i32.const 0xffffffe0))
      (call $publish (i32.const 0xffffffe0))))`);

describe("an input that takes all memory that WebAssembly has", function () {
  this.timeout(120_000);

  it("is executed, and its every dearest step proved on chain for far less than 10 million gas", async () => {
    const chain = await deployTestChain(FIVE_LEVELS, GREEDY);
    const [sequencer, honest] = [await chain.sequencer(), await chain.honest()];
    for (const byte of [1, 2]) {
      sequencer.submit(new Uint8Array([byte]));
      await sequencer.postBatch();
    }
    const parent = await honest.assert();
    const truth = await honest.assert();
    const executed = chain.node.executor.executed();
    expect(executed.map(({ outcome }) => outcome)).to.deep.equal(["returned", "returned"]);
    const last = executed[1].steps;
    const positions = Array.from({ length: Number(last) }, (_, k) => last - 1n - BigInt(k));
    const proved = await disputeSteps(chain, honest, parent, truth, positions);
    const kinds = [...proved.values()];
    for (const kind of ["i64.store", "i64.load", "host.keccak256", "host.publish"]) expect(kinds).to.include(kind);
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
  });
});
