import { Engine, stateMemory, type TranslatedMachine } from "../translate/engine.js";
import { CODE_BITS, GUARDS } from "../translate/layout.js";
import type { RegionLibrary } from "../translate/library.js";
import { MEMORY_SIZE, TREE_PAGE_BITS, type PagedMemory } from "./pagedMemory.js";

const WASM_PAGE = 0x10000;

/** Bits of an address that are not its instruction's place. */
const PLACE_BITS = 2;

/** Places of a page. */
const PAGE_PLACES = TREE_PAGE_BITS - PLACE_BITS;

/** What a machine with registers has of its own, besides what `translateRegisters` adds. */
export type RegisterParts = Pick<TranslatedMachine, "code" | "result" | "step" | "place"> & {
  readonly registers: Int32Array;
  readonly memory: PagedMemory;
  /** Sets what says where the machine goes on. */
  goTo(place: number): void;
};

/** An engine for a machine with registers, whose memory is one piece from now on. Throws a RangeError where there is no room for that. */
export function translateRegisters(library: RegionLibrary, parts: RegisterParts, patience: number): Engine {
  const { registers, memory } = parts;
  const pages = MEMORY_SIZE / WASM_PAGE;
  const guest = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const state = stateMemory();
  memory.flatten({
    buffer: guest.buffer,
    guards: new Uint8Array(state.buffer, GUARDS, memory.guards.length),
    codeBits: new Uint8Array(state.buffer, CODE_BITS),
  });
  const held = new Int32Array(state.buffer, 0, registers.length);
  const machine: TranslatedMachine = {
    ...parts,
    enter: () => held.set(registers),
    leave: (_state, place) => {
      registers.set(held);
      parts.goTo(place);
    },
    watch: (places) => watch(memory, places),
  };
  return new Engine(library, machine, guest, state, patience);
}

function watch(memory: PagedMemory, places: Int32Array): void {
  for (const place of places) {
    memory.keepCode(place << PLACE_BITS);
    memory.watch(place >>> PAGE_PLACES);
  }
}
