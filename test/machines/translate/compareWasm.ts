import { expect } from "chai";

import { Exit } from "../../../plugin/machines/exit.js";
import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { loadWasmProgram, type WasmMachine } from "../../../plugin/machines/wasm/index.js";
import type { FunctionLayout } from "../../../plugin/machines/wasm/layout.js";
import { hashCore } from "../../../plugin/machines/wasm/registers.js";
import type { Random } from "../wasm/twins.js";
import type { Compared } from "./compare.js";

/** Calls of a function that are compared, and positions in each. */
const CALLS = 2;
const POSITIONS = 40;

/** Calls all functions that a module exports by the stepper and by translated code, and compares all there is at random positions. */
export function compareWasm(bytes: Uint8Array, random: Random, label: string): Compared {
  const program = loadWasmProgram(bytes);
  const [stepped, translated] = [program.start(), program.start()];
  stepped.runner.pace = "never";
  translated.runner.pace = "at once";
  let [steps, trapped] = [0, false];
  for (const name of [...program.lowered.module.exports.functions.keys()].flatMap((each) =>
    Array<string>(CALLS).fill(each),
  )) {
    const layout = program.exported(name)!;
    const args = layout.type.parameters.map(() => random.bits(random.below(3) === 0 ? 5 : 64));
    for (const machine of [stepped, translated]) enter(machine, layout, args);
    const compared = compareCall(translated, stepped, random, `${label}, ${name}(${args.join()})`);
    steps += compared.steps;
    trapped ||= compared.trapped;
  }
  return { steps, translated: translated.runner.translatedSteps, trapped };
}

function enter({ registers }: WasmMachine, layout: FunctionLayout, args: readonly bigint[]): void {
  registers.clearStack();
  layout.type.parameters.forEach((type, index) =>
    registers.stack.set(index, BigInt.asUintN(type === "i32" ? 32 : 64, args[index])),
  );
  registers.pc = layout.entry;
  registers.used = layout.frame;
}

function compareCall(
  ours: WasmMachine,
  theirs: WasmMachine,
  random: Random,
  label: string,
): Omit<Compared, "translated"> {
  let steps = 0;
  for (let position = 0; position < POSITIONS; position++) {
    const count = position + 1 === POSITIONS ? 10 ** 7 : 1 + random.below(random.below(2) === 0 ? 500 : 20_000);
    const [made, expected] = [ours, theirs].map((machine) => advanceAll(machine, count));
    steps += expected.count;
    expect(made, `${label}: ${steps} steps`).to.deep.equal(expected);
    expectEqual(ours, theirs, `${label}: after ${steps} steps`);
    if (expected.exit !== Exit.steps) return { steps, trapped: expected.exit === Exit.trapped };
  }
  return { steps, trapped: false };
}

/** Goes on where it stops for the growth of memory. */
function advanceAll(machine: WasmMachine, steps: number): { count: number; exit: number; trap: number } {
  for (let count = 0; ;) {
    const advance = machine.advance(steps - count);
    count += advance.count;
    if (advance.exit !== Exit.steps || count >= steps) return { ...advance, count };
  }
}

function expectEqual(ours: WasmMachine, theirs: WasmMachine, label: string): void {
  const [a, b] = [ours.registers, theirs.registers];
  const places = [a, b].map(({ pc, fp, used, memory }) => ({ pc, fp, used, pages: memory.pages }));
  expect(places[0], label).to.deep.equal(places[1]);
  expect([...a.memory.changedPages], `${label}: pages`).to.deep.equal([...b.memory.changedPages]);
  const [core, other] = [a.share(), b.share()];
  const roots = [core, other].map(({ memory, stack, tables }) => [memory, stack, tables].map(rootOf));
  expect(roots[0], `${label}: memory, stack, globals`).to.deep.equal(roots[1]);
  expect(hashCore(core), label).to.equal(hashCore(other));
}

function rootOf(tree: MerkleTree): string {
  MerkleTree.hash([tree]);
  return Buffer.from(tree.root()).toString("hex");
}
