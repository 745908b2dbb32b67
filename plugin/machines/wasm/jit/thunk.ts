import { unsigned } from "./binary.js";
import { count, frameCheck } from "./counting.js";
import type { ModuleIndices } from "./moduleIndices.js";
import type { EmittedFunction } from "./segmentedCode.js";

/** Emits the function around an import for indirect calls: the host call is a step, and so is the return. */
export function emitThunk(index: number, parameters: number, frame: number, indices: ModuleIndices): EmittedFunction {
  const code = [...unsigned(0), ...frameCheck(parameters, frame, indices), ...count(1, indices)];
  for (let i = 0; i < parameters; i++) code.push(0x20, ...unsigned(i));
  code.push(0x10, ...unsigned(index), ...count(1, indices), 0x0b);
  return { bytes: code, points: new Map() };
}
