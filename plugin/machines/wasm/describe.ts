import type { StepDescription } from "../machine.js";
import { disassemble, instructionKind } from "./disassemble.js";
import { HOST_CALLS } from "../hostCalls.js";
import { Op, type Instruction } from "./instruction.js";
import { isMemoryAccess, isStore, isUnary } from "./opcodes.js";
import type { WasmMachine } from "./wasmMachine.js";

/** What the next instruction of a running machine is. @param values The registers', to which it adds what the instruction touches. */
export function describeInstruction(machine: WasmMachine, values: Record<string, string>): StepDescription {
  const { pc, fp, stack } = machine.registers;
  const instruction = machine.program.code[pc];
  // A call for which the stack has no room traps: its frame is not there.
  const there = slotsOf(instruction).filter((slot) => fp + slot < stack.count);
  for (const slot of there) values[`[${slot}]`] = hex(stack.get(fp + slot), 16);
  Object.assign(values, touchedWords(machine, instruction));
  return { text: disassemble(instruction), kind: instructionKind(instruction), values };
}

/** Slots, counted from the frame, that an instruction reads or writes. */
function slotsOf({ op, h, a, high }: Instruction): number[] {
  switch (op) {
    case Op.unreachable:
    case Op.jump:
      return [];
    case Op.return:
      return [a];
    case Op.call:
      return [h + high];
    case Op.callIndirect:
      return [h + (a & 0xffff)];
    case Op.select:
      return [h, h + 1, h + 2];
    case Op.copy:
      return [h, a];
    case Op.host:
      return HOST_CALLS[a].parameters.map((_, index) => h + index);
    default:
      return operandCount(op) === 2 ? [h, h + 1] : [h];
  }
}

function operandCount(op: number): number {
  if (isMemoryAccess(op)) return isStore(op) ? 2 : 1;
  return op === Op.tableSet || (op >= 0x45 && !isUnary(op)) ? 2 : 1;
}

/** Memory words, globals and slots of regions that an instruction reads or writes, as they are before it. */
function touchedWords({ registers }: WasmMachine, { op, h, a, low, high }: Instruction): Record<string, string> {
  const { fp, memory, stack, tables } = registers;
  if (op === Op.globalGet || op === Op.globalSet) return { [`global ${a}`]: hex(tables.get(a), 16) };
  if (op === Op.tableGet || op === Op.tableSet || op === Op.callIndirect) {
    const index = Number(BigInt.asUintN(32, stack.get(fp + h + (op === Op.callIndirect ? a & 0xffff : 0))));
    return index < low ? { [`slot ${high + index}`]: hex(tables.get(high + index), 16) } : {};
  }
  if (!isMemoryAccess(op)) return {};
  const address = Number(stack.get(fp + h)) + low;
  const word = address - (address % 32);
  if (word + 32 > memory.size) return { address: hex(BigInt(address), 1) };
  const bytes = Buffer.from(memory.bytes.subarray(word, word + 32)).toString("hex");
  return { address: hex(BigInt(address), 1), [`memory[${hex(BigInt(word), 1)}]`]: `0x${bytes}` };
}

function hex(value: bigint, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
