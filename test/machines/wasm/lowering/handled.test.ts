import { expect } from "chai";
import fc from "fast-check";

import { loadWasmProgram, instructionKind, type WasmMachine } from "../../../../plugin/machines/wasm/index.js";
import { Random } from "../../../fuzz/random.js";
import { assemble } from "../guest.js";
import { deployContracts, expectAgreement, inputOf, makeStep, type Contracts } from "../twins.js";
import { CALL, type Call } from "./calls.js";
import { HANDLED_FIELDS, OPERATIONS } from "./subject.js";

const PROGRAM = loadWasmProgram(assemble(`(module ${HANDLED_FIELDS})`));

/** The handler's input for these calls. */
function encode(calls: readonly Call[]): Uint8Array {
  const data = new Uint8Array(32 * calls.length);
  const view = new DataView(data.buffer);
  calls.forEach(({ operation, args }, index) => {
    view.setUint32(32 * index, OPERATIONS.indexOf(operation), true);
    args.forEach((arg, position) => view.setUint32(32 * index + 4 + 4 * position, arg >>> 0, true));
  });
  return data;
}

/** Steps of a call that are proved. */
const SAMPLES = 3;

describe("a handler with instructions on tables, segments and ranges of memory", function () {
  this.timeout(240_000);
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts();
  });

  it("comes to the same state, whether it runs on V8 or by steps, whatever was done before", () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.array(fc.array(CALL, { minLength: 1, maxLength: 12 }), { minLength: 4, maxLength: 8 }),
        (inputs) => {
          const [whole, stepped] = [PROGRAM.start(), PROGRAM.start()];
          for (const calls of inputs) {
            const input = inputOf(contracts.sourceAddress, encode(calls), { budget: 3_000_000n });
            whole.deliver(input);
            stepped.deliver(input);
            expect(whole.runWhole()).to.equal(stepped.run(Number.MAX_SAFE_INTEGER));
            expect([whole.outcome, whole.trapCause]).to.deep.equal([stepped.outcome, stepped.trapCause]);
            expect(whole.stateHash()).to.equal(stepped.stateHash());
            const outcome = stepped.trapCause ?? stepped.outcome!;
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          }
        },
      ),
      { seed: 8, numRuns: 60 },
    );
    expect([...outcomes.keys()]).to.include.members([
      ...["returned", "out of bounds table access", "out of bounds memory access", "undefined element"],
      ...["uninitialized element", "indirect call type mismatch"],
    ]);
  });

  it("is proved on chain, at steps of every operation that were proved least", async () => {
    const proved = new Map<string, number>();
    const calls = fc.sample(CALL, { seed: 4, numRuns: 400 });
    const random = new Random(5);
    const machine = PROGRAM.start();
    for (const operation of OPERATIONS) {
      const own = calls.filter((call) => call.operation === operation);
      for (const call of own.slice(0, 4)) await proveSome(contracts, machine, call, random, proved);
    }
    expect(proved.get("table.get")).to.be.at.least(8);
    expect(proved.get("table.set")).to.be.at.least(5);
    expect(proved.get("unreachable")).to.be.at.least(8);
  });
});

/** Proves some of a call's steps, then finishes it. */
async function proveSome(
  contracts: Contracts,
  machine: WasmMachine,
  call: Call,
  random: Random,
  proved: Map<string, number>,
): Promise<void> {
  machine.deliver(inputOf(contracts.sourceAddress, encode([call]), { budget: 3_000_000n }));
  const start = machine.snapshot();
  const places: { readonly kind: string; readonly steps: number }[] = [];
  for (let steps = 0; steps < 400 && !machine.waiting; steps++) {
    places.push({ kind: instructionKind(machine.program.code[machine.registers.pc]), steps });
    machine.run(1);
  }
  machine.run(Number.MAX_SAFE_INTEGER);
  const end = machine.snapshot();
  const weight = ({ kind }: { readonly kind: string }): number => (proved.get(kind) ?? 0) + random.below(1000) / 1000;
  const weighed = places.map((place) => ({ ...place, weight: weight(place) }));
  const rarest = weighed.sort((a, b) => a.weight - b.weight).slice(0, SAMPLES);
  for (const { kind, steps } of rarest) {
    machine.restore(start);
    machine.run(steps);
    await expectAgreement(contracts, makeStep(machine), `${call.operation.name} (${call.args.join(", ")}): ${kind}`);
    proved.set(kind, (proved.get(kind) ?? 0) + 1);
  }
  machine.restore(end);
}
