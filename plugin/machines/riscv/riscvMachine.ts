import type { MachineHost, StepDescription } from "../machine.js";
import type { ProofContext } from "../proof.js";
import type { RegisterCore } from "../registers/core.js";
import { RegisterMachine } from "../registers/registerMachine.js";
import type { RegisterProgram } from "../registers/registerProgram.js";
import { DecodedCode } from "./decodedCode.js";
import { describeInstruction } from "./describe.js";
import { CALL_NUMBER, FIRST_ARGUMENT, proveInstruction } from "./prove.js";
import { PC, runSteps } from "./stepper.js";
import { RiscvCode } from "./translate.js";

/** A guest in some state: the off-chain half of `contracts/machines/riscv/RiscvMachine.sol`. */
export class RiscvMachine extends RegisterMachine {
  protected readonly firstArgument = FIRST_ARGUMENT;
  protected readonly translated = new RiscvCode((place) => this.memory.words[place >>> 14][place & 0x3fff]);
  private readonly code: DecodedCode;

  constructor(program: RegisterProgram, host: MachineHost) {
    super(program, host, "little-endian");
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

  protected get place(): number {
    return this.registers[PC] >>> 2;
  }

  protected goTo(place: number): void {
    this.registers[PC] = place << 2;
  }

  protected callNumber(): number {
    return this.registers[CALL_NUMBER] >>> 0;
  }

  protected passCall(): void {
    this.registers[PC] += 4;
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
