import { Assembler } from "./assembler.js";
import { UnsupportedModuleError } from "./errors.js";
import { flattenFunction, type Place } from "./flatten.js";
import { hostCallOf } from "./hostCalls.js";
import { Op, type Instruction } from "./instruction.js";
import { checkBody } from "./instructions.js";
import { emitThunk, layoutOf, type FunctionLayout } from "./layout.js";
import { lowerFloats } from "./lowering/floats.js";
import { showType, typeOf, type FunctionBody, type WasmModule } from "./module.js";
import { MAXIMUM_TYPE } from "./reference.js";
import { placeRegions, tableRegions, type Region, type SlotValue } from "./regions.js";
import { routines } from "./routines.js";

/** The most pages that a memory can have. */
export const MAXIMUM_PAGES = 65_536;

/** A function with code, and where that came from. */
export interface LoweredFunction {
  readonly body: FunctionBody;
  readonly layout: FunctionLayout;
  readonly places: readonly Place[];
}

/** A module as the machine runs it. */
export interface LoweredModule {
  readonly module: WasmModule;
  readonly code: readonly Instruction[];
  /** By function index, imports first. */
  readonly layouts: readonly FunctionLayout[];
  /** The module's own functions, then those that stand for instructions. */
  readonly functions: readonly LoweredFunction[];
  readonly typeNumbers: readonly number[];
  /** Tables first, by their index. */
  readonly regions: readonly Region[];
  readonly maximumPages: number;
}

/**
 * Lowers a module to the machine's instructions. Instruction 0 is `unreachable`, so that no link is 0.
 * @throws {UnsupportedInstructionError}, {UnsupportedModuleError} or {UnknownImportError} for what the machine does not have.
 */
export function lowerModule(original: WasmModule): LoweredModule {
  const hostCalls = original.imports.map((item) => hostCallOf(item, original.types[item.type]));
  original.bodies.forEach((body) => checkBody(body));
  const module = lowerFloats(original);
  const count = module.imports.length + module.functions.length;
  const layouts = Array.from({ length: count }, (_, index) => layoutOf(typeOf(module, index)));
  const assembler = new Assembler();
  assembler.emit(Op.unreachable, 0);
  const typeNumbers = numberTypes(module);
  const regions = placeRegions(module.globals.length, tableRegions(module));
  const maximumPages = module.memory === undefined ? 0 : (module.memory.maximum ?? MAXIMUM_PAGES);
  const used = new Map<keyof typeof routines, FunctionLayout>();
  const routine = (name: keyof typeof routines): FunctionLayout => {
    const layout = used.get(name) ?? layoutOf(routines[name].type);
    used.set(name, layout);
    return layout;
  };
  const context = { module, assembler, layouts, typeNumbers, hostCalls, regions, maximumPages, routine };
  const functions: LoweredFunction[] = [];
  const place = (body: FunctionBody, layout: FunctionLayout): void => {
    layout.entry = assembler.length;
    const { frame, places } = flattenFunction(context, body, layout);
    layout.frame = frame;
    functions.push({ body, layout, places });
  };
  module.bodies.forEach((body, index) => place(body, layouts[module.imports.length + index]));
  for (const [name, layout] of used) place(routines[name].body, layout);
  const entered = enteredFunctions(module, regions);
  hostCalls.forEach((call, index) => {
    if (entered.has(index) || assembler.refersTo(layouts[index])) emitThunk(assembler, layouts[index], call);
  });
  return { module, code: assembler.finish(), layouts, functions, typeNumbers, regions, maximumPages };
}

/** Equal types get equal numbers, which `call_indirect` compares. */
function numberTypes(module: WasmModule): number[] {
  const firsts = new Map<string, number>();
  const numbers = module.types.map((type, index) => {
    const shown = showType(type.declared ?? type);
    if (!firsts.has(shown)) firsts.set(shown, index);
    return firsts.get(shown)!;
  });
  if (numbers.some((number) => number > MAXIMUM_TYPE)) {
    throw new UnsupportedModuleError("more than 65535 types", "use fewer types");
  }
  return numbers;
}

/** Functions that something other than code can enter or refer to. */
function enteredFunctions(module: WasmModule, regions: readonly Region[]): Set<number> {
  const indices = new Set<number>(module.exports.functions.values());
  const values = [
    ...module.globals.map(({ value }): SlotValue => value),
    ...regions.flatMap(({ contents }) => contents),
  ];
  for (const value of values) if (typeof value === "object") indices.add(value.function);
  if (module.start !== undefined) indices.add(module.start);
  return indices;
}
