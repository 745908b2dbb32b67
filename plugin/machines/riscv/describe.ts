import { HOST_CALLS } from "../hostCalls.js";
import type { StepDescription } from "../machine.js";
import { WAIT_CALL } from "../registers/callNumbers.js";
import type { RegisterMachine } from "../registers/registerMachine.js";
import { accessSize, decode, isStore, type Instruction } from "./decode.js";
import { CALL_NUMBER, FIRST_ARGUMENT } from "./prove.js";
import { PC } from "./stepper.js";

/** What the next instruction of a running machine is. @param values The registers', to which it adds what the instruction touches. */
export function describeInstruction(
  { registers, memory }: RegisterMachine,
  values: Record<string, string>,
): StepDescription {
  const pc = registers[PC] >>> 0;
  const instruction = decode(memory.words[pc >>> 16][(pc & 0xffff) >>> 2]);
  const { name, destination, first, second, immediate } = instruction;
  if (name === "ecall") return describeCall(registers, values);
  for (const index of new Set([first, second, destination])) {
    if (index !== 0) values[`x${index}`] = hex(registers[index]);
  }
  if (accessSize(name) > 0) {
    const address = (registers[first] + immediate) >>> 0;
    const word = address - (address % 32);
    values.address = hex(address);
    values[`memory[${hex(word)}]`] = `0x${Buffer.from(memory.read(word, 32)).toString("hex")}`;
  }
  return { text: disassemble(instruction, pc), kind: name, values };
}

/** The kind of the next instruction, as `describeInstruction` tells it. */
export function nextKind({ registers, memory }: RegisterMachine): string {
  const pc = registers[PC] >>> 0;
  const { name } = decode(memory.words[pc >>> 16][(pc & 0xffff) >>> 2]);
  return name === "ecall" ? callKind(registers[CALL_NUMBER] >>> 0) : name;
}

/** The instruction as assemblers write it, with registers by their numbers and jumps by their targets. */
export function disassemble({ name, destination, first, second, immediate }: Instruction, pc: number): string {
  const [d, a, b] = [`x${destination}`, `x${first}`, `x${second}`];
  const target = hex(pc + immediate);
  if (isStore(name)) return `${name} ${b}, ${immediate}(${a})`;
  if (accessSize(name) > 0 || name === "jalr") return `${name} ${d}, ${immediate}(${a})`;
  switch (name) {
    case "lui":
    case "auipc":
      return `${name} ${d}, ${hex(immediate >>> 12)}`;
    case "jal":
      return `${name} ${d}, ${target}`;
    case "beq":
    case "bne":
    case "blt":
    case "bge":
    case "bltu":
    case "bgeu":
      return `${name} ${a}, ${b}, ${target}`;
    case "illegal":
    case "fence":
    case "ecall":
    case "ebreak":
    case "none":
      return name;
    default:
      return IMMEDIATE.has(name) ? `${name} ${d}, ${a}, ${immediate}` : `${name} ${d}, ${a}, ${b}`;
  }
}

const IMMEDIATE: ReadonlySet<string> = new Set([
  ...["addi", "slli", "slti", "sltiu", "xori", "srli", "srai", "ori", "andi"],
]);

function describeCall(registers: Int32Array, values: Record<string, string>): StepDescription {
  const number = registers[CALL_NUMBER] >>> 0;
  const kind = callKind(number);
  const parameters = number < HOST_CALLS.length ? HOST_CALLS[number].parameters : [];
  parameters.forEach((parameter, index) => (values[parameter] = hex(registers[FIRST_ARGUMENT + index])));
  return { text: `ecall ${number}: ${kind}(${parameters.join(", ")})`, kind, values };
}

function callKind(number: number): string {
  if (number === WAIT_CALL) return "host.wait";
  return number < HOST_CALLS.length ? `host.${HOST_CALLS[number].name}` : "host.unknown";
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
