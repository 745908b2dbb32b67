import { HOST_CALLS } from "../hostCalls.js";
import type { StepDescription } from "../machine.js";
import { WAIT_CALL } from "../registers/callNumbers.js";
import type { RegisterMachine } from "../registers/registerMachine.js";
import { alignment, decode, type Instruction } from "./decode.js";
import { callNumber, FIRST_ARGUMENT, PC } from "./place.js";

/** What the next instruction of a running machine is. @param values The registers', to which it adds what the instruction touches. */
export function describeInstruction(machine: RegisterMachine, values: Record<string, string>): StepDescription {
  const { registers, memory } = machine;
  const instruction = nextInstruction(machine);
  const { name, destination, first, second, immediate } = instruction;
  if (name === "syscall") return describeCall(registers, values);
  for (const index of new Set([first, second, destination])) {
    if (index !== 0) values[`$${index}`] = hex(registers[index]);
  }
  if (alignment(name) > 0) {
    const address = (registers[first] + immediate) >>> 0;
    const word = address - (address % 32);
    values.address = hex(address);
    values[`memory[${hex(word)}]`] = `0x${Buffer.from(memory.read(word, 32)).toString("hex")}`;
  }
  return { text: disassemble(instruction, registers[PC] >>> 0), kind: name, values };
}

/** The kind of the next instruction, as `describeInstruction` tells it. */
export function nextKind(machine: RegisterMachine): string {
  const { name } = nextInstruction(machine);
  return name === "syscall" ? callKind(callNumber(machine.registers)) : name;
}

function nextInstruction({ registers, memory }: RegisterMachine): Instruction {
  const pc = registers[PC] >>> 0;
  return decode(memory.words[pc >>> 16][(pc & 0xffff) >>> 2]);
}

/** The instruction with registers by their numbers: where results go first, then operands; jumps by their targets. */
export function disassemble({ name, destination, first, second, immediate }: Instruction, pc: number): string {
  const [d, a, b] = [`$${destination}`, `$${first}`, `$${second}`];
  if (alignment(name) > 0) return `${name} ${b}, ${immediate}(${a})`;
  switch (name) {
    case "j":
    case "jal":
      return `${name} ${hex(((pc + 4) & 0xf0000000) | immediate)}`;
    case "beq":
    case "bne":
      return `${name} ${a}, ${b}, ${hex(pc + immediate)}`;
    case "blez":
    case "bgtz":
    case "bltz":
    case "bgez":
    case "bltzal":
    case "bgezal":
      return `${name} ${a}, ${hex(pc + immediate)}`;
    case "sll":
    case "srl":
    case "sra":
    case "rotr":
      return `${name} ${d}, ${b}, ${immediate}`;
    case "lui":
      return `${name} ${d}, ${hex(immediate >>> 16)}`;
    case "ext":
    case "ins":
      return `${name} ${d}, ${a}, ${immediate & 31}, ${immediate >>> 5}`;
    case "illegal":
    case "break":
    case "sync":
    case "pref":
      return name;
    default:
      return immediateNames.has(name) ? `${name} ${d}, ${a}, ${immediate}` : `${name} ${d}, ${a}, ${b}`;
  }
}

const immediateNames: ReadonlySet<string> = new Set(["addi", "addiu", "slti", "sltiu", "andi", "ori", "xori"]);

function describeCall(registers: Int32Array, values: Record<string, string>): StepDescription {
  const number = callNumber(registers);
  const kind = callKind(number);
  const parameters = number < HOST_CALLS.length ? HOST_CALLS[number].parameters : [];
  parameters.forEach((parameter, index) => (values[parameter] = hex(registers[FIRST_ARGUMENT + index])));
  return { text: `syscall: ${kind}(${parameters.join(", ")})`, kind, values };
}

function callKind(number: number): string {
  if (number === WAIT_CALL) return "host.wait";
  return number < HOST_CALLS.length ? `host.${HOST_CALLS[number].name}` : "host.unknown";
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
