import type { MachineHost, StepDescription } from "../machine.js";
import type { ProofContext } from "../proof.js";
import type { RegisterCore } from "../registers/core.js";
import { RegisterMachine } from "../registers/registerMachine.js";
import type { RegisterProgram } from "../registers/registerProgram.js";
import { DecodedCode } from "./decodedCode.js";
import { describeInstruction } from "./describe.js";
import { callNumber, FIRST_ARGUMENT, NEXT, PC } from "./place.js";
import { proveInstruction } from "./prove.js";
import { runSteps } from "./stepper.js";
import { MipsCode } from "./translate.js";

/** A guest in some state: the off-chain half of `contracts/machines/mips/MipsMachine.sol`. */
export class MipsMachine extends RegisterMachine {
  protected readonly firstArgument = FIRST_ARGUMENT;
  protected readonly translated = new MipsCode((place) => this.memory.words[place >>> 14][place & 0x3fff]);
  private readonly code: DecodedCode;

  constructor(program: RegisterProgram, host: MachineHost) {
    super(program, host, "big-endian");
    this.code = new DecodedCode();
  }

  protected step32(steps: number): number {
    return runSteps(this.registers, this.memory, this.code, steps, this.result);
  }

  protected forgetCode(address: number, length: number): void {
    this.code.forget(address, length);
  }

  protected forgetAllCode(): void {
    this.code.clear();
  }

  /** In a delay slot what follows may lie anywhere. */
  protected get place(): number {
    const { registers } = this;
    return registers[NEXT] === ((registers[PC] + 4) | 0) ? registers[PC] >>> 2 : -1;
  }

  protected goTo(place: number): void {
    this.registers[PC] = place << 2;
    this.registers[NEXT] = this.registers[PC] + 4;
  }

  protected callNumber(): number {
    return callNumber(this.registers);
  }

  protected passCall(): void {
    this.registers[PC] = this.registers[NEXT];
    this.registers[NEXT] += 4;
  }

  protected proveInstruction(core: RegisterCore, context: ProofContext): Uint8Array {
    return proveInstruction(core, context);
  }

  protected describeRegisters(): Record<string, string> {
    return { pc: `0x${(this.registers[PC] >>> 0).toString(16)}`, step: String(this.step) };
  }

  protected describeInstruction(values: Record<string, string>): StepDescription {
    return describeInstruction(this, values);
  }
}
