import type { FunctionType } from "../module.js";
import { slotOf } from "../images.js";
import type { LoweredModule } from "../lower.js";
import type { SlotValue } from "../regions.js";
import { name, section, signed, unsigned, vector } from "./binary.js";
import { emitRefuel } from "./counting.js";
import { emitFunction } from "./functionEmitter.js";
import type { ModuleIndices } from "./moduleIndices.js";
import { RegionPlan } from "./regionPlan.js";
import type { EmittedFunction, TrapPoint } from "./segmentedCode.js";
import { emitThunk } from "./thunk.js";

/** A module that does what the flat machine does, and counts its steps. */
export interface InstrumentedModule {
  readonly module: WebAssembly.Module;
  /** By the trapping instruction's offset in the module. */
  readonly points: ReadonlyMap<number, TrapPoint>;
  /** Names under which functions are exported, by their flat entry. */
  readonly exports: ReadonlyMap<number, string>;
  readonly regions: RegionPlan;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION = 0x60;

/** Builds and compiles the instrumented module. */
export function instrument(lowered: LoweredModule): InstrumentedModule {
  return new Instrumenter(lowered).run();
}

class Instrumenter {
  private readonly indices: ModuleIndices;
  /** By flat entry. */
  private readonly functions = new Map<number, number>();
  private readonly regions: RegionPlan;

  constructor(private readonly lowered: LoweredModule) {
    const { module, typeNumbers } = lowered;
    this.regions = new RegionPlan(lowered);
    const [imports, types, globals] = [module.imports.length, module.types.length, module.globals.length];
    const refuelFunction = imports + OWN_IMPORTS.length;
    const own = refuelFunction + 1;
    lowered.functions.forEach(({ layout }, index) => this.functions.set(layout.entry, own + index));
    this.thunks().forEach((index, position) => {
      this.functions.set(lowered.layouts[index].entry, own + lowered.functions.length + position);
    });
    this.indices = {
      fuel: globals,
      cause: globals + 1,
      tableIndex: globals + 2,
      growFunction: imports,
      grantFunction: imports + 1,
      pauseFunction: imports + 2,
      refuelFunction,
      importCount: imports,
      regions: this.regions,
      ofFunction: (index) => index - imports + own,
      ofType: (index) => types + typeNumbers[index],
    };
  }

  run(): InstrumentedModule {
    const bytes = [...MAGIC, ...this.declarations()];
    const { bodies, points } = this.code();
    const content = section(10, bodies);
    const shift = bytes.length + content.length - bodies.length;
    for (const byte of content) bytes.push(byte);
    return {
      module: new WebAssembly.Module(Uint8Array.from(bytes)),
      points: new Map(points.map(([offset, point]) => [offset + shift, point])),
      exports: new Map([...this.functions].map(([entry, index]) => [entry, `f${index}`])),
      regions: this.regions,
    };
  }

  private declarations(): number[] {
    const limits = (minimum: number): number[] => [0, ...unsigned(minimum)];
    const { tables, callsSlots } = this.regions;
    const sizes = [...tables.map(({ size }) => size), ...(callsSlots ? [1 + Math.max(...this.functions.keys())] : [])];
    return [
      ...section(1, this.types()),
      ...section(2, this.imports(limits)),
      ...section(3, vector(this.functionTypes().map((type) => unsigned(type)))),
      ...section(4, vector(sizes.map((size) => [0x70, ...limits(size)]))),
      ...section(6, this.globals()),
      ...section(7, this.exported()),
      ...section(9, this.elements()),
    ];
  }

  /**
   * The module's types as they are, for blocks and imports; then those of functions, with a frame pointer, in one group, since in a group
   * no two are the same: lowering may have made equal what was declared to differ.
   */
  private types(): number[] {
    const { types } = this.lowered.module;
    const functions = types.map(({ parameters, results }) =>
      functionType({ parameters: [...parameters, "i32"], results }),
    );
    const plain = types.map((type) => functionType(type));
    const others = OWN_IMPORTS.map(({ type }) => functionType(type));
    return vector([...plain, ...(functions.length > 0 ? [[0x4e, ...vector(functions)]] : []), ...others]);
  }

  private imports(limits: (minimum: number) => number[]): number[] {
    const { module } = this.lowered;
    const host = module.imports.map(({ type }, index) => [...name("host"), ...name(`${index}`), 0, ...unsigned(type)]);
    const own = OWN_IMPORTS.map((item, index) => [
      ...name("host"),
      ...name(item.name),
      0,
      ...unsigned(this.ownType(index)),
    ]);
    const minimum = module.memory?.minimum ?? 0;
    const memory = [...name("host"), ...name("memory"), 2, ...limits(minimum)];
    const marks = [...name("host"), ...name("marks"), 2, ...limits(1)];
    const slots = this.regions.inMemory ? [[...name("host"), ...name("slots"), 2, ...limits(1)]] : [];
    return vector([...host, ...own, memory, marks, ...slots]);
  }

  /** Types of the functions with code. */
  private functionTypes(): number[] {
    const { module } = this.lowered;
    const own = module.functions.map((type) => this.indices.ofType(type));
    const thunks = this.thunks().map((index) => this.indices.ofType(module.imports[index].type));
    return [this.ownType(PAUSE), ...own, ...thunks];
  }

  /** The type of own import `index`. */
  private ownType(index: number): number {
    return 2 * this.lowered.module.types.length + index;
  }

  /** Imports that something other than a direct call can enter. */
  private thunks(): number[] {
    const { module, layouts } = this.lowered;
    return module.imports.map((_, index) => index).filter((index) => layouts[index].entry > 0);
  }

  private globals(): number[] {
    const globals = this.lowered.module.globals.map(({ type, mutable, value }) =>
      globalOf(type, mutable, slotOf(this.lowered, value)),
    );
    return vector([...globals, globalOf("i64", true, 0n), globalOf("i32", true, 0n), globalOf("i32", true, 0n)]);
  }

  private exported(): number[] {
    const functions = [...this.functions.values()].map((index) => [...name(`f${index}`), 0, ...unsigned(index)]);
    const { globals } = this.lowered.module;
    const mutable = globals.flatMap((global, index) => (global.mutable ? [index] : []));
    const all = [...mutable, ...[0, 1, 2].map((index) => globals.length + index)];
    return vector([...functions, ...all.map((index) => [...name(`g${index}`), 3, ...unsigned(index)])]);
  }

  private elements(): number[] {
    const { tables, callsSlots } = this.regions;
    const reference = (value: SlotValue): number[] =>
      typeof value === "bigint"
        ? [0xd0, 0x70, 0x0b]
        : [0xd2, ...unsigned(this.functions.get(this.lowered.layouts[value.function].entry)!), 0x0b];
    const own = tables.map(({ contents }, table) => [
      ...[6, ...unsigned(table), 0x41, 0, 0x0b, 0x70],
      ...vector(contents.map(reference)),
    ]);
    const all = [...(callsSlots ? this.functions : [])].map(([entry, index]) => [
      ...[6, ...unsigned(tables.length), 0x41, ...signed(entry), 0x0b, 0x70, 1, 0xd2, ...unsigned(index), 0x0b],
    ]);
    return vector([...own, ...all]);
  }

  /** The content of the code section, and where in it V8 may trap. */
  private code(): { readonly bodies: number[]; readonly points: [number, TrapPoint][] } {
    const { code, functions, layouts } = this.lowered;
    const emitted: EmittedFunction[] = [
      emitRefuel(this.indices),
      ...functions.map((lowered) => emitFunction(lowered, code, this.indices)),
      ...this.thunks().map((index) => emitThunk(index, layouts[index].parameters, layouts[index].frame, this.indices)),
    ];
    const bodies = unsigned(emitted.length);
    const points: [number, TrapPoint][] = [];
    for (const { bytes, points: own } of emitted) {
      bodies.push(...unsigned(bytes.length));
      for (const [offset, point] of own) points.push([bodies.length + offset, point]);
      for (const byte of bytes) bodies.push(byte);
    }
    return { bodies, points };
  }
}

/** What the instrumentation imports, behind the host calls. */
const OWN_IMPORTS: readonly { readonly name: string; readonly type: FunctionType }[] = [
  { name: "grow", type: { parameters: ["i32"], results: ["i32"] } },
  { name: "grant", type: { parameters: [], results: ["i32"] } },
  { name: "pause", type: { parameters: [], results: [] } },
];
const PAUSE = 2;

function functionType({ parameters, results }: FunctionType): number[] {
  const code = (type: string): number[] => [type === "i32" ? I32 : I64];
  return [FUNCTION, ...vector(parameters.map(code)), ...vector(results.map(code))];
}

function globalOf(type: string, mutable: boolean, value: bigint): number[] {
  const constant =
    type === "i32" ? [0x41, ...signed(BigInt.asIntN(32, value))] : [0x42, ...signed(BigInt.asIntN(64, value))];
  return [type === "i32" ? I32 : I64, mutable ? 1 : 0, ...constant, 0x0b];
}
