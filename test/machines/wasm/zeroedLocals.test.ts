import { expect } from "chai";

import { parseModule } from "../../../plugin/machines/wasm/parse.js";
import { zeroedLocals } from "../../../plugin/machines/wasm/zeroedLocals.js";
import { assemble } from "./guest.js";

const GET = (local: number): string => `(drop (local.get ${local}))`;
const SET = (local: number): string => `(local.set ${local} (i32.const 1))`;

/** The locals that must be zero in a function with one parameter and two locals (1 and 2), whose body is given. */
function zeroed(body: string): number[] {
  const module = parseModule(assemble(`(module (func (param i32) (local i32 i32) ${body}))`));
  return [...zeroedLocals(module.bodies[0], 1)].sort();
}

describe("locals that must be zero at the entry", () => {
  for (const [title, body, expected] of [
    ["none, where nothing is read", "", []],
    ["not parameters", GET(0), []],
    ["one that is read", GET(2), [1]],
    ["one that is read before it is set", GET(1) + SET(1), [0]],
    ["not one that is set first", SET(1) + GET(1) + GET(1), []],
    ["not one that is set by local.tee", `(drop (local.tee 2 (i32.const 3))) ${GET(2)}`, []],
    ["not one that is set and read in one block", `(block ${SET(1)} ${GET(1)})`, []],
    ["not one that is set before a block", `${SET(1)} (block (loop ${GET(1)} (br_if 0 (local.get 0))))`, []],
    ["one that a branch leaves unset", `(block (br_if 0 (local.get 0)) ${SET(1)}) ${GET(1)}`, [0]],
    ["one that a loop reads before it sets it", `(loop ${GET(1)} ${SET(1)} (br_if 0 (local.get 0)))`, [0]],
    ["one that one arm sets and the other reads", `(if (local.get 0) (then ${SET(1)}) (else ${GET(1)}))`, [0]],
    ["one that is set in one arm only", `(if (local.get 0) (then ${SET(1)})) ${GET(1)} ${SET(2)} ${GET(2)}`, [0]],
  ] as const) {
    it(title, () => {
      expect(zeroed(body)).to.deep.equal(expected);
    });
  }
});
