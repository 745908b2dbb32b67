import { setImmediate } from "node:timers/promises";

import { expect } from "chai";

import type { Program } from "../../plugin/machines/machine.js";
import { QUERY_LIMITS, UserQueries, type QueryLimits } from "../../plugin/service/userQueries.js";
import { LOOP, programOf } from "../helpers/chains.js";

/** Calls the host for as long as it may: each step is worth hundreds of others. */
const HASHES = programOf(`
  (module
    (import "rollup" "keccak256" (func $keccak (param i32 i32 i32)))
    (memory (export "memory") 1 1)
    (func (export "handle")
      (loop $again (call $keccak (i32.const 0) (i32.const 256) (i32.const 256)) (br $again))))`);

/** How often everything else had its turn until something was over. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, isOver] = [0, false];
  const end = (): void => void (isOver = true);
  work.then(end, end);
  for (; !isOver; turns++) await setImmediate();
  return turns;
}

/** What `LOOP` goes round so many times for. */
function rounds(count: number): Uint8Array {
  const word = new Uint8Array(32);
  new DataView(word.buffer).setUint32(0, count, true);
  return word;
}

describe("what users ask the guest", function () {
  this.timeout(60_000);

  function queries(program: Program, limits: Partial<QueryLimits> = {}): UserQueries {
    const head = { snapshot: program.start().snapshot(), inputs: 3n };
    return new UserQueries(program, () => head, { ...QUERY_LIMITS, time: 60_000, wait: 60_000, ...limits });
  }

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: { readonly code: unknown }) => error.code,
    );

  it("is answered as at the head, with the steps that it took and the inputs before it", async () => {
    const asked = queries(LOOP);
    const short = await asked.ask(rounds(1));
    const long = await asked.ask(rounds(1_001));
    expect(short).to.deep.include({ outcome: "returned", inputs: 3n, logs: [] });
    expect(Number(long.steps - short.steps) % 1_000).to.equal(0);
    expect(await asked.ask(rounds(1))).to.deep.equal(short);
  });

  it("ends at its budget, exactly", async () => {
    const asked = queries(LOOP);
    for (const budget of [1, 10, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 700_000]) {
      const answer = await asked.ask(rounds(2 ** 31), budget);
      expect(answer).to.deep.include({ outcome: "out-of-budget", steps: BigInt(budget) + 1n });
    }
  });

  it("leaves everything else its turn a hundred times a second and more, however long it loops", async () => {
    const looping = queries(LOOP);
    const turns = await turnsDuring(looping.ask(rounds(2 ** 31)));
    expect(turns).to.be.at.least(QUERY_LIMITS.steps / 2 ** 18);
    const hashing = queries(HASHES);
    const begun = performance.now();
    const hashed = await turnsDuring(hashing.ask(new Uint8Array(), 2 ** 19));
    // A turn is 5 ms; a loaded machine takes the process away for longer.
    expect(hashed).to.be.at.least(Math.floor((performance.now() - begun) / 200));
    expect(hashed).to.be.at.least(3);
  });

  it("is answered in order, and refused where more wait than may", async () => {
    const asked = queries(LOOP, { waiting: 4 });
    const order: number[] = [];
    const answers = [0, 1, 2, 3].map((place) => asked.ask(rounds(100_000)).then(() => order.push(place)));
    expect(() => asked.ask(rounds(1)))
      .to.throw()
      .with.property("code", "QUERY_BUSY");
    await Promise.all(answers);
    expect(order).to.deep.equal([0, 1, 2, 3]);
    expect(await codeOf(asked.ask(rounds(1)))).to.equal(undefined);
  });

  it("is refused when it waited or went on for too long, and holds up none behind it", async () => {
    const hasty = queries(LOOP, { time: 0 });
    const [long, next] = [hasty.ask(rounds(2 ** 31)), hasty.ask(rounds(1))];
    expect(await codeOf(long)).to.equal("QUERY_TOO_LONG");
    expect(await codeOf(next)).to.equal(undefined);
    const impatient = queries(LOOP, { wait: 0 });
    const all = await Promise.all([0, 1].map(() => codeOf(impatient.ask(rounds(2 ** 31), 2 ** 20))));
    expect(all[1]).to.equal("QUERY_BUSY");
  });

  it("does not wait behind one that fails", async () => {
    let isExecuted = false;
    const head = { snapshot: LOOP.start().snapshot(), inputs: 0n };
    const asked = new UserQueries(
      LOOP,
      () => {
        if (!isExecuted) throw Object.assign(new Error(), { code: "NOT_EXECUTED" });
        return head;
      },
      QUERY_LIMITS,
    );
    expect(await codeOf(asked.ask(rounds(1)))).to.equal("NOT_EXECUTED");
    isExecuted = true;
    expect((await asked.ask(rounds(1))).outcome).to.equal("returned");
  });
});
