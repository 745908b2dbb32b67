import { Op, type Instruction } from "../instruction.js";
import { Trap } from "../../traps.js";

/** The offset in the module of the instruction that trapped, undefined if V8 does not tell. */
export function positionOf(error: Error): number | undefined {
  const match = /wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(error.stack ?? "");
  return match === null ? undefined : Number.parseInt(match[1], 16);
}

/**
 * The machine's trap for V8's, undefined if it is none that the instruction has.
 * @param nullTrap Why an indirect call traps that found null; undefined if it found something.
 */
export function causeOf(error: Error, { op, a }: Instruction, nullTrap: () => number | undefined): number | undefined {
  if (op === Op.unreachable) return a === 0 ? Trap.unreachable : a;
  if (op === Op.callIndirect) {
    if (/unreachable|index is out of bounds/.test(error.message)) return Trap.undefinedElement;
    return nullTrap() ?? Trap.signature;
  }
  if (op === Op.tableGet || op === Op.tableSet) return Trap.table;
  if (op >= 0x28 && op <= 0x3e) return Trap.memory;
  if (/by zero/.test(error.message)) return Trap.divideByZero;
  return error.message.includes("unrepresentable") ? Trap.overflow : undefined;
}
