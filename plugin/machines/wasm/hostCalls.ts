import { HOST_CALLS } from "../hostCalls.js";
import { UnknownImportError } from "./errors.js";
import { showType, type FunctionType, type ImportedFunction } from "./module.js";

/** The module under which a guest imports host calls. */
export const HOST_MODULE = "rollup";

/**
 * Functions that are imported but are no host calls have numbers from here on, in the order of the imported functions. Neither the machine
 * nor the contract knows them: whoever runs a module of its own stops there, calls the function and goes on behind it.
 */
export const TRAMPOLINE = 0x10000;

/**
 * The number of the host call that an import names.
 * @throws {UnknownImportError} if there is none of that name and type.
 */
export function hostCallOf({ module, name }: ImportedFunction, type: FunctionType): number {
  const number = module === HOST_MODULE ? HOST_CALLS.findIndex((call) => call.name === name) : -1;
  const fits =
    number >= 0 &&
    type.results.length === 0 &&
    type.parameters.length === HOST_CALLS[number].parameters.length &&
    type.parameters.every((parameter) => parameter === "i32");
  if (fits) return number;
  throw new UnknownImportError(`${module}.${name}${showType(type)}`, HOST_CALLS.map(show));
}

function show(call: (typeof HOST_CALLS)[number]): string {
  return `${HOST_MODULE}.${call.name}(${call.parameters.map((parameter) => `${parameter}: i32`).join(", ")})`;
}
