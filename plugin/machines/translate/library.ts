import type { FrontEnd } from "./frontEnd.js";
import type { Code } from "./code.js";
import { emitRegion, type EmittedRegion } from "./regionEmitter.js";
import { regionModule } from "./regionModule.js";
import { planRegion } from "./regionPlan.js";

/** A translated region of a program. */
export interface Region {
  readonly start: number;
  /** Its function's place in the table. */
  readonly index: number;
  /** Numbers of its entries by their places. */
  readonly entries: ReadonlyMap<number, number>;
  /** The places that were translated, ascending, and what was there. */
  readonly places: Int32Array;
  readonly words: Int32Array;
  readonly module: WebAssembly.Module;
}

/** Code that can be translated, and looked at again to see whether it is still what was translated. */
export interface TranslatedCode extends FrontEnd {
  /** What is at a place: if it is the same, so is the unit. */
  word(place: number): number;
}

/** Regions that were translated of a program, for all its machines: V8 compiles each once, and what runs often it has made fast already. */
export class RegionLibrary {
  private readonly regions = new Map<number, Region[]>();
  private next = 1;

  /**
   * The region of a place of the code as it is now.
   * @param written Places that are no code, whatever they look like.
   */
  region(code: TranslatedCode, start: number, written: ReadonlySet<number>): Region {
    const versions = this.regions.get(start) ?? [];
    this.regions.set(start, versions);
    const known = versions.find(({ places, words }) =>
      places.every((place, at) => code.word(place) === words[at] && !written.has(place)),
    );
    if (known !== undefined) return known;
    const region = translateRegion(written.size > 0 ? without(code, written) : code, start, this.next++);
    versions.push(region);
    return region;
  }

  /** How many functions there are. */
  get size(): number {
    return this.next;
  }
}

/** Code in which some places are left out. */
function without(code: TranslatedCode, written: ReadonlySet<number>): TranslatedCode {
  return Object.create(code, {
    unit: { value: (place: number) => (written.has(place) ? undefined : code.unit(place)) },
  }) as TranslatedCode;
}

function translateRegion(code: TranslatedCode, start: number, index: number): Region {
  const { emitted, places } = emit(code, start, index);
  const module = new WebAssembly.Module(regionModule([emitted.body], index));
  return { start, index, entries: emitted.entries, places, words: places.map((place) => code.word(place)), module };
}

function emit(code: TranslatedCode, start: number, index: number): { emitted: EmittedRegion; places: Int32Array } {
  const plan = planRegion(code, start);
  const places = plan.blocks.flatMap(({ units }) =>
    units.flatMap(({ place, length }) => Array.from({ length }, (_, at) => place + at)),
  );
  return { emitted: emitRegion(code, plan, index), places: Int32Array.from(places) };
}

/** Translates all of some code, region behind region, and compiles it. Gives how many regions there are. For measurements. */
export function translateAll(code: TranslatedCode, first: number, end: number, perModule: number): number {
  let count = 0;
  let bodies: Code[] = [];
  const compile = (): void => {
    if (bodies.length > 0) new WebAssembly.Module(regionModule(bodies, count - bodies.length + 1));
    bodies = [];
  };
  for (let start = first; start < end;) {
    const { emitted, places } = emit(code, start, ++count);
    bodies.push(emitted.body);
    if (bodies.length === perModule) compile();
    start = places.length === 0 ? start + 1 : places[places.length - 1] + 1;
  }
  compile();
  return count;
}
