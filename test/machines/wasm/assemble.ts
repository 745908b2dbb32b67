import { Op, type Instruction } from "../../../plugin/machines/wasm/instruction.js";
import type { FunctionLayout } from "../../../plugin/machines/wasm/layout.js";
import { WasmProgram } from "../../../plugin/machines/wasm/program.js";
import { placeRegions } from "../../../plugin/machines/wasm/regions.js";

/** What a program made of bare instructions declares beside them. */
export interface Declarations {
  /** Of memory at the start, 64 KiB each. */
  readonly pages?: number;
  readonly maximumPages?: number;
  /** i64 globals. */
  readonly globals?: readonly bigint[];
  /** Regions, behind the globals without a gap. */
  readonly regions?: readonly (readonly (TableFunction | bigint)[])[];
  /** By region: the global that holds how many of its slots are the table's. */
  readonly sizeGlobals?: readonly (number | undefined)[];
}

/** A function as a reference describes it. */
export interface TableFunction {
  /** How many i32 parameters it takes; functions of as many have one type. */
  readonly parameters: number;
  readonly entry: number;
  readonly link: number;
  readonly frame: number;
}

/** How many types a program made here has: type `n` takes `n` i32 parameters. */
const TYPES = 4;

/** An instruction whose fields are 0 where they are not given. */
export function instruction(op: number, fields: Partial<Instruction> = {}): Instruction {
  return { op, h: 0, a: 0, high: 0, low: 0, ...fields };
}

/**
 * A program of given instructions, as no module would be lowered to them. Instruction 0 is `unreachable`, so the first given is
 * number 1, where the handler starts.
 */
export function assemble(code: readonly Instruction[], declarations: Declarations = {}): WasmProgram {
  const { pages = 0, maximumPages = pages, globals = [], regions = [], sizeGlobals = [] } = declarations;
  const functions = regions.flat().filter((slot) => typeof slot === "object");
  const types = Array.from({ length: TYPES }, (_, count) => ({
    parameters: Array<"i32">(count).fill("i32"),
    results: [],
  }));
  const layouts: FunctionLayout[] = functions.map(({ parameters, entry, link, frame }) => ({
    type: types[parameters],
    parameters,
    results: 0,
    link,
    entry,
    frame,
  }));
  let next = 0;
  const contents = regions.map((slots) =>
    slots.map((slot) => (typeof slot === "bigint" ? slot : { function: next++ })),
  );
  const handler: FunctionLayout = { type: types[0], parameters: 0, results: 0, link: 0, entry: 1, frame: 1 };
  return new WasmProgram(
    {
      module: {
        types,
        imports: [],
        functions: functions.map(({ parameters }) => parameters),
        memory: { minimum: pages, maximum: maximumPages },
        globals: globals.map((value) => ({ type: "i64" as const, mutable: true, value })),
        exports: { functions: new Map(), tables: new Map(), memories: new Map(), globals: new Map() },
        start: undefined,
        bodies: [],
        data: [],
      },
      code: [instruction(Op.unreachable), ...code],
      layouts,
      functions: [],
      typeNumbers: types.map((_, index) => index),
      elementRegions: [],
      regions: placeRegions(
        globals.length,
        contents.map((slots, index) => ({ size: slots.length, contents: slots, sizeGlobal: sizeGlobals[index] })),
      ),
      maximumPages,
    },
    handler,
  );
}
