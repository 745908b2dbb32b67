import type { RegisterMachine } from "../../machines/registers/registerMachine.js";
import { PC } from "../../machines/riscv/stepper.js";

const SYSTEM = 0x73;
const MRET = 0x30200073;
const MEPC = 0x341;

/**
 * What tests find around the machine: their first instructions may prepare a processor that has control registers. The machine has none and
 * traps; here such an instruction is done for it, as firmware would, on registers that only remember what is written.
 */
export class Environment {
  private readonly controls = new Map<number, number>();

  /** Does the instruction at which the machine trapped, if it is one for control registers or returns from a trap. */
  emulate({ registers, memory }: RegisterMachine): boolean {
    const pc = registers[PC] >>> 0;
    const bits = new DataView(memory.read(pc, 4).slice().buffer).getUint32(0, true);
    if (bits === MRET) {
      registers[PC] = (this.controls.get(MEPC) ?? 0) & ~3;
      return true;
    }
    const funct3 = (bits >>> 12) & 7;
    if ((bits & 0x7f) !== SYSTEM || (funct3 & 3) === 0) return false;
    this.access(registers, bits, funct3);
    registers[PC] = pc + 4;
    return true;
  }

  private access(registers: Int32Array, bits: number, funct3: number): void {
    const [destination, source, control] = [(bits >>> 7) & 31, (bits >>> 15) & 31, bits >>> 20];
    const before = this.controls.get(control) ?? 0;
    const operand = funct3 > 4 ? source : registers[source];
    const kind = funct3 & 3;
    const after = kind === 1 ? operand : kind === 2 ? before | operand : before & ~operand;
    if (kind === 1 || source !== 0) this.controls.set(control, after);
    if (destination !== 0) registers[destination] = before;
  }
}
