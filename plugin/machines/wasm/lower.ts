import { Assembler } from "./assembler.js";
import type { CoreModule } from "./coreModule.js";
import { UnsupportedModuleError } from "./errors.js";
import { flattenFunction, type Place } from "./flatten.js";
import { HOST_MODULE, hostCallOf, TRAMPOLINE } from "./hostCalls.js";
import { Op, type Instruction } from "./instruction.js";
import { emitThunk, layoutOf, type FunctionLayout } from "./layout.js";
import { lowerFloats } from "./lowering/floats.js";
import { bindImports, type ImportResolver } from "./lowering/imports.js";
import type { Failure } from "./lowering/instantiate.js";
import { lowerTables } from "./lowering/tables.js";
import { importsOf, showType, typeOf, type FunctionBody, type WasmModule } from "./module.js";
import { MAXIMUM_TYPE } from "./reference.js";
import { placeRegions, type Region, type SlotValue } from "./regions.js";

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
  readonly module: CoreModule;
  readonly code: readonly Instruction[];
  /** By function index, imports first. */
  readonly layouts: readonly FunctionLayout[];
  /** The module's own functions, then those that lowering added. */
  readonly functions: readonly LoweredFunction[];
  readonly typeNumbers: readonly number[];
  /** Tables first, by their index. */
  readonly regions: readonly Region[];
  /** By element segment: the index of its region, if code reads it. */
  readonly elementRegions: readonly (number | undefined)[];
  readonly maximumPages: number;
  /** Why it cannot be instantiated: a segment does not fit. Those before it are there. */
  readonly failure?: Failure;
}

/**
 * Lowers a module to the machine's instructions. Instruction 0 is `unreachable`, so that no link is 0.
 * @param resolver Binds imports that are no host calls; a guest has none of these.
 * @throws {UnsupportedModuleError} or {UnknownImportError} for what the machine does not have.
 * @throws {UnlinkableError} where the resolver has not what is imported.
 */
export function lowerModule(original: WasmModule, resolver?: ImportResolver): LoweredModule {
  const hostCalls = hostCallsOf(original, resolver !== undefined);
  const {
    module,
    regions: declared,
    elementRegions,
    failure,
  } = lowerTables(lowerFloats(bindImports(original, resolver)));
  const count = module.imports.length + module.functions.length;
  const layouts = Array.from({ length: count }, (_, index) => layoutOf(typeOf(module, index)));
  const assembler = new Assembler();
  assembler.emit(Op.unreachable, 0);
  const typeNumbers = numberTypes(module);
  const regions = placeRegions(module.globals.length, declared);
  const maximumPages = module.memory === undefined ? 0 : (module.memory.maximum ?? MAXIMUM_PAGES);
  const context = { module, assembler, layouts, typeNumbers, hostCalls, regions, maximumPages };
  const functions = module.bodies.map((body, index): LoweredFunction => {
    const layout = layouts[module.imports.length + index];
    layout.entry = assembler.length;
    const { frame, places } = flattenFunction(context, body, layout);
    layout.frame = frame;
    return { body, layout, places };
  });
  const entered = enteredFunctions(module, regions);
  hostCalls.forEach((call, index) => {
    const isEntered = call >= TRAMPOLINE || entered.has(index) || assembler.refersTo(layouts[index]);
    if (isEntered) emitThunk(assembler, layouts[index], call);
  });
  const code = assembler.finish();
  return {
    ...{ module, code, layouts, functions, typeNumbers, regions, elementRegions, maximumPages },
    ...(failure && { failure }),
  };
}

/** By imported function: the number of its host call, or where others may be imported of its trampoline. */
function hostCallsOf(module: WasmModule, othersToo: boolean): number[] {
  return importsOf(module, "function").map((item, index) => {
    const isOther = othersToo && item.module !== HOST_MODULE;
    return isOther ? TRAMPOLINE + index : hostCallOf(item, module.types[item.type]);
  });
}

/** Equal types get equal numbers, which `call_indirect` compares. */
function numberTypes(module: CoreModule): number[] {
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
function enteredFunctions(module: CoreModule, regions: readonly Region[]): Set<number> {
  const indices = new Set<number>(module.exports.functions.values());
  const values = [
    ...module.globals.map(({ value }): SlotValue => value),
    ...regions.flatMap(({ contents }) => contents),
  ];
  for (const value of values) if (typeof value === "object") indices.add(value.function);
  if (module.start !== undefined) indices.add(module.start);
  return indices;
}
