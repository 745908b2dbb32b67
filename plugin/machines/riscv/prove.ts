import { HOST_CALLS } from "../hostCalls.js";
import { HostCallProver, proveRestore, type ProofContext } from "../proof.js";
import { ARGUMENT_COUNT, WAIT_CALL } from "../registers/callNumbers.js";
import { packRegisters, type RegisterCore } from "../registers/core.js";
import { MEMORY_SIZE } from "../registers/pagedMemory.js";
import { touchBytes } from "../registers/touch.js";
import { Cursor, WitnessWriter } from "../witness.js";
import { accessSize, decode, isStore, type Instruction } from "./decode.js";
import { PC } from "./stepper.js";

export const FIRST_ARGUMENT = 10;
export const CALL_NUMBER = 17;

/** The witness of the next instruction: what `RiscvMachine.step` on chain touches, in the order in which it does. */
export function proveInstruction(core: RegisterCore, context: ProofContext): Uint8Array {
  const writer = new WitnessWriter();
  const memory = new Cursor(core.memory, writer);
  writer.bytes(packRegisters(core));
  writer.bytes(core.memory.root());
  const pc = core.registers[PC] >>> 0;
  const leaf = memory.touch(pc >>> 5);
  const instruction = decode(new DataView(leaf.buffer, leaf.byteOffset).getInt32(pc & 31, true));
  const restores =
    instruction.name === "ecall"
      ? proveCall(core, writer, memory, context)
      : proveOther(instruction, core.registers, memory);
  if (restores) writer.bytes(proveRestore(context.checkpoint));
  return writer.finish();
}

/** @returns true if the call restores. */
function proveCall({ registers }: RegisterCore, writer: WitnessWriter, memory: Cursor, context: ProofContext): boolean {
  const call = registers[CALL_NUMBER] >>> 0;
  if (call === WAIT_CALL) return false;
  if (call >= HOST_CALLS.length) return true;
  const args = Array.from(registers.subarray(FIRST_ARGUMENT, FIRST_ARGUMENT + ARGUMENT_COUNT), (value) => value >>> 0);
  return new HostCallProver(writer, memory, MEMORY_SIZE, context).prove(call, args);
}

/** @returns true if the instruction traps. */
function proveOther(instruction: Instruction, registers: Int32Array, memory: Cursor): boolean {
  const { name, first, second, immediate } = instruction;
  const size = accessSize(name);
  if (size > 0) {
    const value = new Uint8Array(4);
    new DataView(value.buffer).setInt32(0, registers[second], true);
    touchBytes(memory, (registers[first] + immediate) >>> 0, size, isStore(name) ? value.subarray(0, size) : undefined);
    return false;
  }
  if (name === "illegal" || name === "ebreak") return true;
  if (name === "jalr") return ((registers[first] + immediate) & 2) !== 0;
  return jumps(instruction, registers) && (immediate & 3) !== 0;
}

function jumps({ name, first, second }: Instruction, registers: Int32Array): boolean {
  const [x, y] = [registers[first], registers[second]];
  switch (name) {
    case "beq":
      return x === y;
    case "bne":
      return x !== y;
    case "blt":
      return x < y;
    case "bge":
      return x >= y;
    case "bltu":
      return x >>> 0 < y >>> 0;
    case "bgeu":
      return x >>> 0 >= y >>> 0;
    default:
      return name === "jal";
  }
}
