import { expect } from "chai";

import type { Snapshot } from "../../plugin/machines/machine.js";
import { instructionKind, loadWasmProgram, type WasmMachine } from "../../plugin/machines/wasm/index.js";
import { deployContracts, expectAgreement, inputOf, makeStep, type Contracts } from "../machines/wasm/twins.js";
import { readCorpus } from "./corpus.js";
import { Random } from "./random.js";

/** Steps of each program that are proved. */
const SAMPLES = 3;

/** Steps of each function that are looked at. */
const LOOKED_AT = 200;

describe("steps of generated programs", function () {
  this.timeout(180_000);
  let contracts: Contracts;
  /** How often a step of each kind was proved. */
  const proved = new Map<string, number>();

  before(async () => {
    contracts = await deployContracts();
  });

  it("are proved on chain: of each program those of the kinds that were proved least", async () => {
    for (const { seed, module } of readCorpus()) {
      const machine = loadWasmProgram(module).start();
      machine.deliver(inputOf(contracts.sourceAddress, new Uint8Array(64), { budget: 1_000_000n }));
      const candidates = look(machine, new Random(seed));
      const rarest = [...candidates].sort(([a], [b]) => (proved.get(a) ?? 0) - (proved.get(b) ?? 0)).slice(0, SAMPLES);
      for (const [kind, { start, steps }] of rarest) {
        machine.restore(start);
        machine.run(steps);
        await expectAgreement(contracts, makeStep(machine), `seed ${seed}: ${kind}`);
        proved.set(kind, (proved.get(kind) ?? 0) + 1);
      }
    }
    const others = [
      "call",
      "call_indirect",
      "return",
      "select",
      "copy",
      "jump",
      "jump_if",
      "jump_table",
      "unreachable",
    ];
    expect([...proved.keys()]).to.include.members([...others, "i64.load32_s", "i32.store16", "i64.rotr"]);
    expect(proved.size).to.be.at.least(95);
  });
});

/** Where a step is: some steps after a snapshot. */
interface Place {
  readonly start: Snapshot;
  readonly steps: number;
}

/** Enters each function of a running machine's program, with arguments drawn from `random`; gives a step of each kind that it meets. */
function look(machine: WasmMachine, random: Random): Map<string, Place> {
  const { lowered, code } = machine.program;
  const places = new Map<string, Place>();
  const delivered = machine.snapshot();
  for (const index of lowered.module.exports.functions.values()) {
    machine.restore(delivered);
    const { entry, frame, type } = lowered.layouts[index];
    machine.registers.pc = entry;
    machine.registers.used = frame;
    type.parameters.forEach((parameter, slot) => {
      machine.registers.stack.set(slot, BigInt.asUintN(parameter === "i32" ? 32 : 64, random.value()));
    });
    const start = machine.snapshot();
    for (let steps = 0; steps < LOOKED_AT && !machine.waiting; steps++) {
      const kind = instructionKind(code[machine.registers.pc]);
      if (!places.has(kind) || random.below(8) === 0) places.set(kind, { start, steps });
      machine.run(1);
    }
  }
  return places;
}
