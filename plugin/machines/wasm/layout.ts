import { Op } from "./instruction.js";
import type { Assembler } from "./assembler.js";
import type { FunctionType } from "./module.js";

/** Where a function's code and the parts of its frame are. */
export interface FunctionLayout {
  readonly type: FunctionType;
  readonly parameters: number;
  readonly results: number;
  /** Slot of the link; locals follow it, operands follow them. */
  readonly link: number;
  /** Number of its first instruction; 0 for an import that nothing can call. */
  entry: number;
  /** Slots that it may touch. */
  frame: number;
}

export function layoutOf(type: FunctionType): FunctionLayout {
  const [parameters, results] = [type.parameters.length, type.results.length];
  return { type, parameters, results, link: Math.max(parameters, results), entry: 0, frame: 0 };
}

/** A function around a host call, for imports that are exported or stand in a table. */
export function emitThunk(assembler: Assembler, layout: FunctionLayout, hostCall: number): void {
  layout.entry = assembler.emit(Op.host, 0, hostCall);
  layout.frame = layout.link + 1;
  assembler.emit(Op.return, 0, layout.link);
}
