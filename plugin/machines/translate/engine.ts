import { Exit, type StepperResult } from "../exit.js";
import { ENTRIES, ENTRY_BITS, ENTRY_COUNT, FUEL, MEMORY_BYTES, PLACE, STOPPED } from "./layout.js";
import type { Region, RegionLibrary, TranslatedCode } from "./library.js";
import { enteringModule } from "./regionModule.js";

/** Steps between two returns from translated code: V8 makes a function faster only where it is called anew. */
const SLICE = 2 ** 21;

/** Fewer steps than these, and so many times what is left at the end, are not worth the way into translated code. */
const LEAST = 64;
const WORTH = 4;

/** Steps that the stepper does at a place that was not come to often enough yet. */
const COLD_STEPS = 512;

/** How far the stepper goes to a place where translated code can be entered. */
const SEARCH = 2048;

/** How often the stepper is asked for at a place before what follows becomes an entry; and how often a region may be made again. */
const STOPS = 8;
const VERSIONS = 64;

/** How often a place is written to before it is taken for data, and the most places that a store touches. */
const WRITES = 2;
const STORE_PLACES = 2;

/** A machine as its engine sees it. */
export interface TranslatedMachine {
  readonly code: TranslatedCode;
  readonly result: StepperResult;
  /** Executes by the stepper. */
  step(steps: number): number;
  /** The place of the next instruction, -1 if translated code cannot go on there. */
  place(): number;
  /** Brings what translated code works on to the state, and back. */
  enter(state: DataView): void;
  leave(state: DataView, place: number): void;
  /** Code at these places is kept from now on until `forget` is called. */
  watch(places: Int32Array): void;
}

/** Runs a machine by translated code, to exact positions: what cannot be done in there the stepper does. */
export class Engine {
  /** Steps that translated code made. */
  translatedSteps = 0;
  private readonly view: DataView;
  private readonly table = new WebAssembly.Table({ element: "anyfunc", initial: 256 });
  private readonly enter: (entry: number, index: number) => void;
  /** By place: `function << ENTRY_BITS | entry`. */
  private readonly entries = new Map<number, number>();
  private readonly active = new Map<number, Region>();
  private readonly instantiated = new Set<number>();
  private readonly heat = new Map<number, number>();
  private readonly stops = new Map<number, number>();
  private readonly remade = new Map<number, number>();
  private readonly writes = new Map<number, number>();
  /** Data among the code. */
  private readonly written = new Set<number>();

  /** What is left to the stepper at the end, so that no region runs out of steps on its way: what the longest takes. */
  private margin = 0;

  constructor(
    private readonly library: RegionLibrary,
    private readonly machine: TranslatedMachine,
    private readonly guest: WebAssembly.Memory,
    private readonly state: WebAssembly.Memory,
    /** How often a place is come to before it is translated. */
    private readonly patience: number,
  ) {
    this.view = new DataView(state.buffer);
    const { exports } = new WebAssembly.Instance(entering(), this.imports());
    this.enter = exports.enter as Engine["enter"];
  }

  /** Executes up to `steps` instructions and gives how many; stops as the stepper does. */
  run(steps: number): number {
    const { machine } = this;
    const { result } = machine;
    let left = steps;
    result.exit = Exit.steps;
    while (left > LEAST + WORTH * this.margin) {
      const entry = this.find(machine.place());
      left -= entry === undefined ? this.miss(left) : this.runTranslated(entry, left);
      if (result.exit !== Exit.steps) return steps - left;
    }
    return steps - left + machine.step(left);
  }

  /** Forgets what was translated of some places. */
  forget(first: number, last: number): void {
    const touched = [...this.active.values()].filter(({ places }) => touches(places, first, last));
    touched.forEach((region) => this.deactivate(region));
    if (touched.length === 0 || last - first >= STORE_PLACES) return;
    for (let place = first; place <= last; place++) {
      const count = (this.writes.get(place) ?? 0) + 1;
      this.writes.set(place, count);
      if (count > WRITES) this.written.add(place);
    }
  }

  private find(place: number): number | undefined {
    const entry = this.entries.get(place);
    if (entry !== undefined) this.publish(place, entry);
    return entry;
  }

  private publish(place: number, entry: number): void {
    const at = ENTRIES + 8 * (place & (ENTRY_COUNT - 1));
    this.view.setInt32(at, place * 4 + 1, true);
    this.view.setInt32(at + 4, entry, true);
  }

  private runTranslated(entry: number, left: number): number {
    const { machine, view } = this;
    const fuel = Math.min(left, SLICE) - this.margin;
    machine.enter(view);
    view.setInt32(FUEL, fuel, true);
    this.enter(entry & (2 ** ENTRY_BITS - 1), entry >>> ENTRY_BITS);
    const place = view.getInt32(PLACE, true) >>> 2;
    machine.leave(view, place);
    const count = fuel - view.getInt32(FUEL, true);
    this.translatedSteps += count;
    return view.getInt32(STOPPED, true) === 0 ? count : count + this.stepOver(place, left - count);
  }

  /** The stepper does what translated code stopped at, and goes on to where it can be entered. */
  private stepOver(place: number, left: number): number {
    const count = this.machine.step(1);
    const stops = (this.stops.get(place) ?? 0) + 1;
    this.stops.set(place, stops);
    if (this.machine.result.exit !== Exit.steps) return count;
    if (stops > STOPS) this.translate(this.machine.place());
    return count + this.search(left - count, SEARCH);
  }

  /** Steps until translated code can be entered; behind a jump that leads elsewhere at most `most` steps. */
  private search(left: number, most: number): number {
    const { machine } = this;
    let count = 0;
    while (count < left && count < most && machine.result.exit === Exit.steps && !this.entries.has(machine.place())) {
      count += machine.step(1);
    }
    return count;
  }

  /** At a place that is not translated. */
  private miss(left: number): number {
    const { machine, heat } = this;
    const place = machine.place();
    if (place < 0) return machine.step(1);
    const count = (heat.get(place) ?? 0) + 1;
    heat.set(place, count);
    if (count > this.patience && this.translate(place)) return 0;
    const stepped = machine.step(Math.min(left, COLD_STEPS));
    if (machine.result.exit !== Exit.steps) return stepped;
    return stepped + this.searchJump(left - stepped);
  }

  /** Steps until translated code can be entered, or a jump was made: what begins there may be worth it. */
  private searchJump(left: number): number {
    const { machine } = this;
    for (let count = 0; ;) {
      const before = machine.place();
      if (count >= Math.min(left, SEARCH) || this.entries.has(before)) return count;
      count += machine.step(1);
      if (machine.result.exit !== Exit.steps || machine.place() !== before + 1) return count;
    }
  }

  /** Translates what begins at a place, unless that was done too often. */
  private translate(place: number): boolean {
    if (place < 0) return false;
    if (this.entries.has(place)) return true;
    const { library, machine, remade, written } = this;
    const versions = remade.get(place) ?? 0;
    if (versions > VERSIONS || written.has(place) || machine.code.unit(place)?.flow.kind === "outside") return false;
    const { size } = library;
    this.activate(library.region(machine.code, place, written));
    if (library.size > size) remade.set(place, versions + 1);
    return this.entries.has(place);
  }

  private activate(region: Region): void {
    if (!this.instantiated.has(region.index)) {
      while (this.table.length <= region.index) this.table.grow(this.table.length);
      new WebAssembly.Instance(region.module, this.imports());
      this.instantiated.add(region.index);
    }
    this.active.set(region.start, region);
    this.margin = Math.max(this.margin, region.places.length);
    this.machine.watch(region.places);
    for (const [place, number] of region.entries) {
      const entry = (region.index << ENTRY_BITS) | number;
      this.entries.set(place, entry);
      this.publish(place, entry);
    }
  }

  private deactivate(region: Region): void {
    this.active.delete(region.start);
    for (const place of region.entries.keys()) {
      if ((this.entries.get(place) ?? 0) >>> ENTRY_BITS !== region.index) continue;
      this.entries.delete(place);
      const at = ENTRIES + 8 * (place & (ENTRY_COUNT - 1));
      if (this.view.getInt32(at, true) === ((place * 4 + 1) | 0)) this.view.setInt32(at, 0, true);
    }
  }

  private imports(): Record<string, Record<string, unknown>> {
    return { "": { guest: this.guest, state: this.state, regions: this.table } };
  }
}

/** Memory for what translated code has beside the guest's. @param more Bytes of the machine's own, behind what all have. */
export function stateMemory(more = 0): WebAssembly.Memory {
  const pages = Math.ceil((MEMORY_BYTES + more) / 0x10000);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

let enteringOnce: WebAssembly.Module | undefined;

function entering(): WebAssembly.Module {
  enteringOnce ??= new WebAssembly.Module(enteringModule());
  return enteringOnce;
}

/** Whether one of some ascending places is between two others. */
function touches(places: Int32Array, first: number, last: number): boolean {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < first) low = middle + 1;
    else high = middle;
  }
  return low < places.length && places[low] <= last;
}
