import { Exit, type StepperResult } from "../exit.js";
import type { PagedMemory } from "../registers/pagedMemory.js";
import { Trap } from "../traps.js";
import { loadSlowly, storeSlowly } from "./access.js";
import type { DecodedCode } from "./decodedCode.js";
import { multiplyHigh, multiplyHighSigned, multiplyHighMixed } from "../registers/multiply.js";

/** Place of the program counter among the registers. */
export const PC = 32;

/**
 * Executes up to `steps` instructions (below `2^31`) and gives how many it did, one that trapped included. One flat loop over typed arrays,
 * since it is what a chain's node spends its time in. Stops before an `ecall`. The cases are the places of `NAMES`.
 */
export function runSteps(
  x: Int32Array,
  memory: PagedMemory,
  code: DecodedCode,
  steps: number,
  result: StepperResult,
): number {
  const { windows, words, guards } = memory;
  let pc = x[PC];
  let pageIndex = pc >>> 12;
  let page = code.page(pageIndex, memory);
  let trap: number = Trap.none;
  let exit: number = Exit.steps;
  let left = steps;
  loop: while (left > 0) {
    if (pc >>> 12 !== pageIndex) {
      pageIndex = pc >>> 12;
      page = code.page(pageIndex, memory);
    }
    const place = (pc & 0xfff) >>> 1;
    const fields = page[place];
    const immediate = page[place + 1];
    const d = (fields >>> 8) & 0xff;
    const a = x[(fields >>> 16) & 0xff];
    const b = x[fields >>> 24];
    left--;
    switch (fields & 0xff) {
      case 0:
        left++;
        code.fill(pc, memory, page);
        continue;
      case 1:
        trap = Trap.illegal;
        break loop;
      case 2: // lui
        x[d] = immediate;
        break;
      case 3: // auipc
        x[d] = pc + immediate;
        break;
      case 4: {
        // jal
        const target = (pc + immediate) | 0;
        if ((target & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        x[d] = pc + 4;
        pc = target;
        continue;
      }
      case 5: {
        // jalr
        const target = (a + immediate) & ~1;
        if ((target & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        x[d] = pc + 4;
        pc = target;
        continue;
      }
      case 6: // beq
        if (a !== b) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 7: // bne
        if (a === b) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 8: // blt
        if (a >= b) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 9: // bge
        if (a < b) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 10: // bltu
        if (a >>> 0 >= b >>> 0) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 11: // bgeu
        if (a >>> 0 < b >>> 0) break;
        if ((immediate & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        pc = (pc + immediate) | 0;
        continue;
      case 12: {
        // lb
        const address = (a + immediate) | 0;
        x[d] = (windows[address >>> 16][address & 0xffff] << 24) >> 24;
        break;
      }
      case 13: // lh
        x[d] = (loadSlowly(memory, (a + immediate) | 0, 2) << 16) >> 16;
        break;
      case 14: {
        // lw
        const address = (a + immediate) | 0;
        if ((address & 3) === 0) x[d] = words[address >>> 16][(address & 0xffff) >>> 2];
        else x[d] = loadSlowly(memory, address, 4);
        break;
      }
      case 15: {
        // lbu
        const address = (a + immediate) | 0;
        x[d] = windows[address >>> 16][address & 0xffff];
        break;
      }
      case 16: // lhu
        x[d] = loadSlowly(memory, (a + immediate) | 0, 2);
        break;
      case 17: {
        // sb
        const address = (a + immediate) | 0;
        if (guards[address >>> 12] !== 0) memory.prepare(address, 1);
        windows[address >>> 16][address & 0xffff] = b;
        break;
      }
      case 18: // sh
        storeSlowly(memory, (a + immediate) | 0, 2, b);
        break;
      case 19: {
        // sw
        const address = (a + immediate) | 0;
        if ((address & 3) !== 0) storeSlowly(memory, address, 4, b);
        else {
          if (guards[address >>> 12] !== 0) memory.prepare(address, 4);
          words[address >>> 16][(address & 0xffff) >>> 2] = b;
        }
        break;
      }
      case 20: // addi
        x[d] = a + immediate;
        break;
      case 21: // slli
        x[d] = a << immediate;
        break;
      case 22: // slti
        x[d] = a < immediate ? 1 : 0;
        break;
      case 23: // sltiu
        x[d] = a >>> 0 < immediate >>> 0 ? 1 : 0;
        break;
      case 24: // xori
        x[d] = a ^ immediate;
        break;
      case 25: // srli
        x[d] = a >>> immediate;
        break;
      case 26: // srai
        x[d] = a >> immediate;
        break;
      case 27: // ori
        x[d] = a | immediate;
        break;
      case 28: // andi
        x[d] = a & immediate;
        break;
      case 29: // add
        x[d] = a + b;
        break;
      case 30: // sub
        x[d] = a - b;
        break;
      case 31: // sll
        x[d] = a << b;
        break;
      case 32: // slt
        x[d] = a < b ? 1 : 0;
        break;
      case 33: // sltu
        x[d] = a >>> 0 < b >>> 0 ? 1 : 0;
        break;
      case 34: // xor
        x[d] = a ^ b;
        break;
      case 35: // srl
        x[d] = a >>> b;
        break;
      case 36: // sra
        x[d] = a >> b;
        break;
      case 37: // or
        x[d] = a | b;
        break;
      case 38: // and
        x[d] = a & b;
        break;
      case 39: // mul
        x[d] = Math.imul(a, b);
        break;
      case 40: // mulh
        x[d] = multiplyHighSigned(a, b);
        break;
      case 41: // mulhsu
        x[d] = multiplyHighMixed(a, b);
        break;
      case 42: // mulhu
        x[d] = multiplyHigh(a, b);
        break;
      case 43: // div
        x[d] = b === 0 ? -1 : (a / b) | 0;
        break;
      case 44: // divu
        x[d] = b === 0 ? -1 : ((a >>> 0) / (b >>> 0)) | 0;
        break;
      case 45: // rem
        x[d] = b === 0 ? a : a % b;
        break;
      case 46: // remu
        x[d] = b === 0 ? a : (a >>> 0) % (b >>> 0);
        break;
      case 47: // fence
        break;
      case 48: // ecall
        left++;
        exit = Exit.host;
        break loop;
      case 49: // ebreak
        trap = Trap.breakpoint;
        break loop;
    }
    pc = (pc + 4) | 0;
  }
  x[PC] = pc;
  result.trap = trap;
  result.exit = trap === Trap.none ? exit : Exit.trapped;
  return steps - left;
}
