import { Exit, type StepperResult } from "../exit.js";
import { multiplyHigh, multiplyHighSigned } from "../registers/multiply.js";
import type { PagedMemory } from "../registers/pagedMemory.js";
import { Trap } from "../traps.js";
import { accumulate } from "./accumulate.js";
import type { DecodedCode } from "./decodedCode.js";
import { HIGH, LINK, LOW, NEXT, PC } from "./place.js";
import { distance } from "./words.js";

/**
 * Executes up to `steps` instructions (below `2^31`) and gives how many it did, one that trapped included. One flat loop over typed arrays,
 * since it is what a chain's node spends its time in. Stops before a `syscall`. The cases are the places of `NAMES`.
 */
export function runSteps(
  x: Int32Array,
  memory: PagedMemory,
  code: DecodedCode,
  steps: number,
  result: StepperResult,
): number {
  const { windows, words, guards } = memory;
  let here = x[PC];
  let ahead = x[NEXT];
  let pageIndex = here >>> 12;
  let page = code.page(pageIndex, memory);
  let trap: number = Trap.none;
  let exit: number = Exit.steps;
  let left = steps;
  loop: while (left > 0) {
    if (here >>> 12 !== pageIndex) {
      pageIndex = here >>> 12;
      page = code.page(pageIndex, memory);
    }
    const place = (here & 0xfff) >>> 1;
    const fields = page[place];
    const immediate = page[place + 1];
    const d = (fields >>> 8) & 0xff;
    const a = x[(fields >>> 16) & 0xff];
    const b = x[fields >>> 24];
    let next = (ahead + 4) | 0;
    left--;
    switch (fields & 0xff) {
      case 0:
        left++;
        code.fill(here, memory, page);
        continue;
      case 1: // illegal
        trap = Trap.illegal;
        break loop;
      case 2: // sll
        x[d] = b << immediate;
        break;
      case 3: // srl
        x[d] = b >>> immediate;
        break;
      case 4: // sra
        x[d] = b >> immediate;
        break;
      case 5: // sllv
        x[d] = b << a;
        break;
      case 6: // srlv
        x[d] = b >>> a;
        break;
      case 7: // srav
        x[d] = b >> a;
        break;
      case 8: // rotr
        x[d] = (b >>> immediate) | (b << (32 - immediate));
        break;
      case 9: // rotrv
        x[d] = (b >>> a) | (b << -a);
        break;
      case 10: // jr
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if ((a & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        next = a;
        break;
      case 11: // jalr
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if ((a & 3) !== 0) {
          trap = Trap.misalignedJump;
          break loop;
        }
        x[d] = here + 8;
        next = a;
        break;
      case 12: // movz
        if (b === 0) x[d] = a;
        break;
      case 13: // movn
        if (b !== 0) x[d] = a;
        break;
      case 14: // syscall
        left++;
        exit = Exit.host;
        break loop;
      case 15: // break
        trap = Trap.breakpoint;
        break loop;
      case 16: // sync
        break;
      case 17: // mfhi
        x[d] = x[HIGH];
        break;
      case 18: // mthi
        x[HIGH] = a;
        break;
      case 19: // mflo
        x[d] = x[LOW];
        break;
      case 20: // mtlo
        x[LOW] = a;
        break;
      case 21: // mult
        x[HIGH] = multiplyHighSigned(a, b);
        x[LOW] = Math.imul(a, b);
        break;
      case 22: // multu
        x[HIGH] = multiplyHigh(a, b);
        x[LOW] = Math.imul(a, b);
        break;
      case 23: // div
        x[HIGH] = b === 0 ? 0 : a % b;
        x[LOW] = b === 0 ? 0 : a / b;
        break;
      case 24: // divu
        x[HIGH] = b === 0 ? 0 : (a >>> 0) % (b >>> 0);
        x[LOW] = b === 0 ? 0 : (a >>> 0) / (b >>> 0);
        break;
      case 25: // add
        if (a + b !== ((a + b) | 0)) {
          trap = Trap.overflow;
          break loop;
        }
        x[d] = a + b;
        break;
      case 26: // addu
        x[d] = a + b;
        break;
      case 27: // sub
        if (a - b !== ((a - b) | 0)) {
          trap = Trap.overflow;
          break loop;
        }
        x[d] = a - b;
        break;
      case 28: // subu
        x[d] = a - b;
        break;
      case 29: // and
        x[d] = a & b;
        break;
      case 30: // or
        x[d] = a | b;
        break;
      case 31: // xor
        x[d] = a ^ b;
        break;
      case 32: // nor
        x[d] = ~(a | b);
        break;
      case 33: // slt
        x[d] = a < b ? 1 : 0;
        break;
      case 34: // sltu
        x[d] = a >>> 0 < b >>> 0 ? 1 : 0;
        break;
      case 35: // tge
        if (a >= b) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 36: // tgeu
        if (a >>> 0 >= b >>> 0) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 37: // tlt
        if (a < b) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 38: // tltu
        if (a >>> 0 < b >>> 0) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 39: // teq
        if (a === b) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 40: // tne
        if (a !== b) {
          trap = Trap.conditional;
          break loop;
        }
        break;
      case 41: // madd
        accumulate(x, false, false, a, b);
        break;
      case 42: // maddu
        accumulate(x, true, false, a, b);
        break;
      case 43: // mul
        x[d] = Math.imul(a, b);
        break;
      case 44: // msub
        accumulate(x, false, true, a, b);
        break;
      case 45: // msubu
        accumulate(x, true, true, a, b);
        break;
      case 46: // clz
        x[d] = Math.clz32(a);
        break;
      case 47: // clo
        x[d] = Math.clz32(~a);
        break;
      case 48: // ext
        x[d] = (a >>> (immediate & 31)) & (2 ** ((immediate >>> 5) + 1) - 1);
        break;
      case 49: {
        // ins
        const mask = 2 ** ((immediate >>> 5) + 1) - 2 ** (immediate & 31);
        x[d] = (b & ~mask) | ((a << (immediate & 31)) & mask);
        break;
      }
      case 50: // wsbh
        x[d] = ((b & 0x00ff00ff) << 8) | ((b >>> 8) & 0x00ff00ff);
        break;
      case 51: // seb
        x[d] = (b << 24) >> 24;
        break;
      case 52: // seh
        x[d] = (b << 16) >> 16;
        break;
      case 53: // bltz
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a < 0) next = (here + immediate) | 0;
        break;
      case 54: // bgez
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a >= 0) next = (here + immediate) | 0;
        break;
      case 55: // bltzal
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        x[d] = here + 8;
        if (a < 0) next = (here + immediate) | 0;
        break;
      case 56: // bgezal
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        x[d] = here + 8;
        if (a >= 0) next = (here + immediate) | 0;
        break;
      case 57: // j
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        next = ((here + 4) & 0xf0000000) | immediate;
        break;
      case 58: // jal
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        x[d] = here + 8;
        next = ((here + 4) & 0xf0000000) | immediate;
        break;
      case 59: // beq
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a === b) next = (here + immediate) | 0;
        break;
      case 60: // bne
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a !== b) next = (here + immediate) | 0;
        break;
      case 61: // blez
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a <= 0) next = (here + immediate) | 0;
        break;
      case 62: // bgtz
        if (ahead !== ((here + 4) | 0)) {
          trap = Trap.delaySlot;
          break loop;
        }
        if (a > 0) next = (here + immediate) | 0;
        break;
      case 63: // addi
        if (a + immediate !== ((a + immediate) | 0)) {
          trap = Trap.overflow;
          break loop;
        }
        x[d] = a + immediate;
        break;
      case 64: // addiu
        x[d] = a + immediate;
        break;
      case 65: // slti
        x[d] = a < immediate ? 1 : 0;
        break;
      case 66: // sltiu
        x[d] = a >>> 0 < immediate >>> 0 ? 1 : 0;
        break;
      case 67: // andi
        x[d] = a & immediate;
        break;
      case 68: // ori
        x[d] = a | immediate;
        break;
      case 69: // xori
        x[d] = a ^ immediate;
        break;
      case 70: // lui
        x[d] = immediate;
        break;
      case 71: {
        // lb
        const address = (a + immediate) | 0;
        x[d] = (windows[address >>> 16][(address & 0xffff) ^ 3] << 24) >> 24;
        break;
      }
      case 72: {
        // lh
        const address = (a + immediate) | 0;
        if ((address & 1) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        const window = windows[address >>> 16];
        const start = (address & 0xffff) ^ 2;
        x[d] = ((window[start + 1] << 24) >> 16) | window[start];
        break;
      }
      case 73: {
        // lwl
        const address = (a + immediate) | 0;
        const by = distance(address);
        x[d] = (b & ~(-1 << by)) | (words[address >>> 16][(address & 0xffff) >>> 2] << by);
        break;
      }
      case 74: {
        // lw
        const address = (a + immediate) | 0;
        if ((address & 3) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        x[d] = words[address >>> 16][(address & 0xffff) >>> 2];
        break;
      }
      case 75: {
        // lbu
        const address = (a + immediate) | 0;
        x[d] = windows[address >>> 16][(address & 0xffff) ^ 3];
        break;
      }
      case 76: {
        // lhu
        const address = (a + immediate) | 0;
        if ((address & 1) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        const window = windows[address >>> 16];
        const start = (address & 0xffff) ^ 2;
        x[d] = (window[start + 1] << 8) | window[start];
        break;
      }
      case 77: {
        // lwr
        const address = (a + immediate) | 0;
        const by = 24 - distance(address);
        x[d] = (b & ~(-1 >>> by)) | (words[address >>> 16][(address & 0xffff) >>> 2] >>> by);
        break;
      }
      case 78: {
        // sb
        const address = (a + immediate) | 0;
        if (guards[address >>> 12] !== 0) memory.prepare(address, 1);
        windows[address >>> 16][(address & 0xffff) ^ 3] = b;
        break;
      }
      case 79: {
        // sh
        const address = (a + immediate) | 0;
        if ((address & 1) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        if (guards[address >>> 12] !== 0) memory.prepare(address, 2);
        const window = windows[address >>> 16];
        const start = (address & 0xffff) ^ 2;
        window[start] = b;
        window[start + 1] = b >>> 8;
        break;
      }
      case 80: {
        // swl
        const address = (a + immediate) | 0;
        if (guards[address >>> 12] !== 0) memory.prepare(address & ~3, 4);
        const by = distance(address);
        words[address >>> 16][(address & 0xffff) >>> 2] =
          (words[address >>> 16][(address & 0xffff) >>> 2] & ~(-1 >>> by)) | (b >>> by);
        break;
      }
      case 81: {
        // sw
        const address = (a + immediate) | 0;
        if ((address & 3) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        if (guards[address >>> 12] !== 0) memory.prepare(address & ~3, 4);
        words[address >>> 16][(address & 0xffff) >>> 2] = b;
        break;
      }
      case 82: {
        // swr
        const address = (a + immediate) | 0;
        if (guards[address >>> 12] !== 0) memory.prepare(address & ~3, 4);
        const by = 24 - distance(address);
        words[address >>> 16][(address & 0xffff) >>> 2] =
          (words[address >>> 16][(address & 0xffff) >>> 2] & ~(-1 << by)) | (b << by);
        break;
      }
      case 83: {
        // ll
        const address = (a + immediate) | 0;
        if ((address & 3) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        x[d] = words[address >>> 16][(address & 0xffff) >>> 2];
        x[LINK] = address | 1;
        break;
      }
      case 84: // pref
        break;
      case 85: {
        // sc
        const address = (a + immediate) | 0;
        if ((address & 3) !== 0) {
          trap = Trap.misalignedAccess;
          break loop;
        }
        const linked = x[LINK] === (address | 1);
        if (linked) {
          if (guards[address >>> 12] !== 0) memory.prepare(address & ~3, 4);
          words[address >>> 16][(address & 0xffff) >>> 2] = b;
        }
        x[LINK] = 0;
        x[d] = linked ? 1 : 0;
        break;
      }
    }
    here = ahead;
    ahead = next;
  }
  x[PC] = here;
  x[NEXT] = ahead;
  result.trap = trap;
  result.exit = trap === Trap.none ? exit : Exit.trapped;
  return steps - left;
}
