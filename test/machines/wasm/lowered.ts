import { Assembler } from "../../../plugin/machines/wasm/assembler.js";
import { flattenFunction } from "../../../plugin/machines/wasm/flatten.js";
import { Op } from "../../../plugin/machines/wasm/instruction.js";
import { layoutOf } from "../../../plugin/machines/wasm/layout.js";
import type { LoweredFunction, LoweredModule } from "../../../plugin/machines/wasm/lower.js";
import type { FunctionType, ValueType } from "../../../plugin/machines/wasm/module.js";
import { WasmProgram } from "../../../plugin/machines/wasm/program.js";
import { placeRegions, type RegionDeclaration } from "../../../plugin/machines/wasm/regions.js";

/** A function as lowering leaves it. */
export interface LoweredBody {
  /** Index of its type. */
  readonly type: number;
  readonly locals?: readonly ValueType[];
  /** Without the last `end`. */
  readonly code: readonly number[];
}

/** What a lowered module is made of. */
export interface LoweredParts {
  readonly types: readonly FunctionType[];
  /** The first is the handler. */
  readonly functions: readonly LoweredBody[];
  readonly globals: readonly { readonly type: ValueType; readonly value: bigint }[];
  readonly regions: readonly RegionDeclaration[];
}

/** The program of a module that is lowered already, whose bodies name regions where a module's name tables. */
export function loadLowered({ types, functions, globals, regions: declared }: LoweredParts): WasmProgram {
  const bodies = functions.map(({ locals = [], code }) => {
    const bytes = Uint8Array.from([...code, 0x0b]);
    return { bytes, locals, start: 0, end: bytes.length };
  });
  const module: LoweredModule["module"] = {
    types,
    imports: [],
    functions: functions.map(({ type }) => type),
    memory: undefined,
    globals: globals.map((global) => ({ ...global, mutable: true })),
    exports: {
      functions: new Map(functions.map((_, index) => [`f${index}`, index])),
      ...{ tables: new Map(), memories: new Map(), globals: new Map() },
    },
    start: undefined,
    bodies,
    data: [],
  };
  const assembler = new Assembler();
  assembler.emit(Op.unreachable, 0);
  const layouts = functions.map(({ type }) => layoutOf(types[type]));
  const regions = placeRegions(globals.length, declared);
  const typeNumbers = types.map((_, index) => index);
  const context = { module, assembler, layouts, typeNumbers, hostCalls: [], regions, maximumPages: 0 };
  const lowered: LoweredFunction[] = bodies.map((body, index) => {
    const layout = layouts[index];
    layout.entry = assembler.length;
    const { frame, places } = flattenFunction(context, body, layout);
    layout.frame = frame;
    return { body, layout, places };
  });
  const code = assembler.finish();
  return new WasmProgram(
    { module, code, layouts, functions: lowered, typeNumbers, regions, elementRegions: [], maximumPages: 0 },
    layouts[0],
  );
}
