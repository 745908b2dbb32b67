import { HOST_CALLS } from "../hostCalls.js";
import { HostCallProver, proveRestore, type ProofContext } from "../proof.js";
import { ARGUMENT_COUNT, WAIT_CALL } from "../registers/callNumbers.js";
import { packRegisters, type RegisterCore } from "../registers/core.js";
import { MEMORY_SIZE } from "../registers/pagedMemory.js";
import { Cursor, WitnessWriter } from "../witness.js";
import { alignment, decode, type Instruction } from "./decode.js";
import { callNumber, FIRST_ARGUMENT, LINK, NEXT, PC } from "./place.js";

/** The witness of the next instruction: what `MipsMachine.step` on chain touches, in the order in which it does. */
export function proveInstruction(core: RegisterCore, context: ProofContext): Uint8Array {
  const writer = new WitnessWriter();
  const memory = new Cursor(core.memory, writer);
  writer.bytes(packRegisters(core));
  writer.bytes(core.memory.root());
  const pc = core.registers[PC] >>> 0;
  const leaf = memory.touch(pc >>> 5);
  const instruction = decode(new DataView(leaf.buffer, leaf.byteOffset).getInt32(pc & 31));
  const restores =
    instruction.name === "syscall"
      ? proveCall(core, writer, memory, context)
      : proveOther(instruction, core.registers, memory);
  if (restores) writer.bytes(proveRestore(context.checkpoint));
  return writer.finish();
}

/** @returns true if the call restores. */
function proveCall({ registers }: RegisterCore, writer: WitnessWriter, memory: Cursor, context: ProofContext): boolean {
  const call = callNumber(registers);
  if (call === WAIT_CALL) return false;
  if (call >= HOST_CALLS.length) return true;
  const args = Array.from(registers.subarray(FIRST_ARGUMENT, FIRST_ARGUMENT + ARGUMENT_COUNT), (value) => value >>> 0);
  return new HostCallProver(writer, memory, MEMORY_SIZE, context).prove(call, args);
}

/** @returns true if the instruction traps. */
function proveOther(instruction: Instruction, registers: Int32Array, memory: Cursor): boolean {
  const { name, first, immediate } = instruction;
  const multiple = alignment(name);
  if (multiple === 0) return traps(instruction, registers);
  const address = (registers[first] + immediate) >>> 0;
  if (address % multiple !== 0) return true;
  // What is not linked any more is not stored.
  if (name !== "sc" || registers[LINK] === (address | 1)) memory.touch(address >>> 5);
  return false;
}

function traps({ name, first, second, immediate }: Instruction, registers: Int32Array): boolean {
  const [x, y] = [registers[first], registers[second]];
  const inSlot = ((registers[PC] + 4) | 0) !== registers[NEXT];
  switch (name) {
    case "illegal":
    case "break":
      return true;
    case "jr":
    case "jalr":
      return inSlot || (x & 3) !== 0;
    case "j":
    case "jal":
    case "beq":
    case "bne":
    case "blez":
    case "bgtz":
    case "bltz":
    case "bgez":
    case "bltzal":
    case "bgezal":
      return inSlot;
    case "add":
      return x + y !== ((x + y) | 0);
    case "sub":
      return x - y !== ((x - y) | 0);
    case "addi":
      return x + immediate !== ((x + immediate) | 0);
    case "tge":
      return x >= y;
    case "tgeu":
      return x >>> 0 >= y >>> 0;
    case "tlt":
      return x < y;
    case "tltu":
      return x >>> 0 < y >>> 0;
    case "teq":
      return x === y;
    case "tne":
      return x !== y;
    default:
      return false;
  }
}
