import { HOST_CALLS } from "../hostCalls.js";
import { Op, type Instruction } from "./instruction.js";
import { isMemoryAccess, isStore, isUnary, opcodeName } from "./opcodes.js";
import type { WasmProgram } from "./program.js";

/** The class of an instruction, e.g. `i32.add`, `call` or `host.keccak256`. */
export function instructionKind({ op, a }: Instruction): string {
  if (op === Op.host) return `host.${HOST_CALLS[a].name}`;
  return MACHINE_NAMES.get(op) ?? opcodeName(op);
}

/** An instruction as text, e.g. `i32.add [5], [6]`. */
export function disassemble(instruction: Instruction): string {
  const { op, h, a, high, low } = instruction;
  const name = instructionKind(instruction);
  switch (op) {
    case Op.unreachable:
      return name;
    case Op.jump:
      return `${name} ${a}`;
    case Op.jumpIf:
    case Op.jumpUnless:
      return `${name} [${h}] ${a}`;
    case Op.jumpTable:
      return `${name} [${h}] of ${a + 1}`;
    case Op.return:
      return `${name} by [${a}]`;
    case Op.call:
      return `${name} ${a} at [${h}], link ${high}, frame ${low}`;
    case Op.callIndirect:
      return `${name} type ${a >>> 16} at [${h}], index [${h + (a & 0xffff)}] of ${low}, slots from ${high}`;
    case Op.select:
      return `${name} [${h}], [${h + 1}], [${h + 2}]`;
    case Op.copy:
      return `${name} [${h}] = [${a}]`;
    case Op.globalGet:
      return `${name} [${h}] = global ${a}`;
    case Op.globalSet:
      return `${name} global ${a} = [${h}]`;
    case Op.tableGet:
      return `${name} [${h}] = slot ${high} + [${h}] of ${low}`;
    case Op.tableSet:
      return `${name} slot ${high} + [${h}] of ${low} = [${h + 1}]`;
    case Op.constant:
      return `${name} [${h}] = 0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
    case Op.memoryGrow:
      return `${name} [${h}] to at most ${a}`;
    case Op.host:
      return `${name} ${HOST_CALLS[a].parameters.map((parameter, index) => `${parameter} [${h + index}]`).join(", ")}`.trim();
    default:
      return `${name} ${operands(instruction)}`;
  }
}

/** A program's instructions as text, one a line, with the names of exported functions. */
export function disassembleProgram(program: WasmProgram): string {
  const names = new Map<number, string>();
  for (const name of program.lowered.module.exports.functions.keys()) names.set(program.exported(name)!.entry, name);
  return program.code
    .flatMap((instruction, index) => [
      ...(names.has(index) ? [`${names.get(index)}:`] : []),
      `${String(index).padStart(6)}  ${disassemble(instruction)}`,
    ])
    .join("\n");
}

function operands({ op, h, low }: Instruction): string {
  if (isMemoryAccess(op)) return isStore(op) ? `[${h}] + ${low}, [${h + 1}]` : `[${h}] + ${low}`;
  return isUnary(op) || op === Op.memorySize ? `[${h}]` : `[${h}], [${h + 1}]`;
}

const MACHINE_NAMES = new Map<number, string>([
  [Op.jumpUnless, "jump_unless"],
  [Op.jump, "jump"],
  [Op.jumpIf, "jump_if"],
  [Op.jumpTable, "jump_table"],
  [Op.return, "return"],
  [Op.copy, "copy"],
  [Op.constant, "constant"],
]);
