import { Op, type Instruction } from "../instruction.js";
import { Trap } from "../traps.js";

/** The offset in the module of the instruction that trapped, undefined if V8 does not tell. */
export function positionOf(error: Error): number | undefined {
  const match = /wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(error.stack ?? "");
  return match === null ? undefined : Number.parseInt(match[1], 16);
}

/** The machine's trap for V8's, undefined if it is none that the instruction has. */
export function causeOf(error: Error, instruction: Instruction, isNull: (slot: number) => boolean): number | undefined {
  const { op, a, high } = instruction;
  if (op === Op.unreachable) return a === 0 ? Trap.unreachable : a;
  if (op === Op.callIndirect) {
    if (error.message.includes("index is out of bounds")) return Trap.undefinedElement;
    return isNull(high) ? Trap.nullElement : Trap.signature;
  }
  if (op >= 0x28 && op <= 0x3e) return Trap.memory;
  if (/by zero/.test(error.message)) return Trap.divideByZero;
  return error.message.includes("unrepresentable") ? Trap.overflow : undefined;
}
