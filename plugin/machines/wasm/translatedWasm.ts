import { Engine, stateMemory, type TranslatedMachine } from "../translate/engine.js";
import { GUARDS } from "../translate/layout.js";
import { STACK_SLOTS } from "./instruction.js";
import type { WasmProgram } from "./program.js";
import type { Registers } from "./registers.js";
import { NEXT_FRAME, PAGES, PLACES, SIZE, STACK, TABLES, USED } from "./stateLayout.js";

/** Bytes of a slot. */
const SLOT = 8;

/** What a machine has besides its registers. */
export type WasmParts = Pick<TranslatedMachine, "result" | "step">;

/** An engine for a flat machine, whose memory, stack, globals and regions are where it works from now on. Throws a RangeError where there is no room. */
export function translateWasm(program: WasmProgram, registers: Registers, parts: WasmParts, patience: number): Engine {
  const { memory, stack, tables } = registers;
  const { maximumPages } = program.lowered;
  const guest = new WebAssembly.Memory({ initial: memory.pages, maximum: Math.max(memory.pages, maximumPages) });
  const state = stateMemory(SLOT * tables.count);
  memory.flatten(guest, new Uint8Array(state.buffer, GUARDS, Math.max(memory.shared.length, maximumPages * 16)));
  stack.move(new Int32Array(state.buffer, STACK, 2 * STACK_SLOTS));
  tables.move(new Int32Array(state.buffer, TABLES, 2 * tables.count));
  const machine: TranslatedMachine = {
    ...parts,
    code: program.translated,
    place: () => registers.pc,
    enter: (view) => enter(view, registers),
    leave: (view, place) => {
      registers.pc = place;
      registers.fp = view.getInt32(PLACES[NEXT_FRAME].address, true) / SLOT;
      registers.used = view.getInt32(PLACES[USED].address, true);
    },
    watch: () => undefined,
  };
  return new Engine(program.regions, machine, guest, state, patience);
}

function enter(view: DataView, { fp, used, memory }: Registers): void {
  view.setInt32(PLACES[NEXT_FRAME].address, fp * SLOT, true);
  view.setInt32(PLACES[USED].address, used, true);
  view.setBigInt64(PLACES[SIZE].address, BigInt(memory.size), true);
  view.setInt32(PLACES[PAGES].address, memory.pages, true);
}
