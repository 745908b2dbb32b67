import { Exit, type StepperResult } from "../exit.js";
import { Trap } from "../traps.js";
import { load, store } from "./access.js";
import type { DecodedCode } from "./decodedCode.js";
import { STACK_SLOTS } from "./instruction.js";
import { numeric } from "./numeric.js";
import type { Registers } from "./registers.js";
import { SLOT_PAGE_BITS } from "./slots.js";

/**
 * Executes up to `steps` instructions (below `2^31`) and gives how many it did, one that trapped included. One flat loop over
 * typed arrays, since it is what a chain's node spends its time in: what is frequent is inline, the rest is called.
 */
export function runSteps(registers: Registers, code: DecodedCode, steps: number, result: StepperResult): number {
  const { op: ops, h: hs, a: as, low: lows, high: highs } = code;
  const s = registers.stack.halves;
  const { halves: tables, marks } = registers.tables;
  const memory = registers.memory;
  const { words, bytes, shared } = memory;
  const size = memory.size;
  let pc = registers.pc;
  let frame = 2 * registers.fp;
  let used = 2 * registers.used;
  let trap: number = Trap.none;
  let exit: number = Exit.steps;
  let left = steps;
  loop: while (left > 0) {
    left--;
    const op = ops[pc];
    const x = frame + hs[pc];
    switch (op) {
      case 0x00: // unreachable; what it means is for this side only
        trap = as[pc] || Trap.unreachable;
        break;
      case 0x04: // jump_unless
        pc = s[x] === 0 ? as[pc] : pc + 1;
        continue;
      case 0x0c: // jump
        pc = as[pc];
        continue;
      case 0x0d: // jump_if
        pc = s[x] === 0 ? pc + 1 : as[pc];
        continue;
      case 0x0e: {
        // jump_table
        const index = s[x] >>> 0;
        const last = as[pc];
        pc = pc + 1 + (index < last ? index : last);
        continue;
      }
      case 0x0f: {
        // return
        const link = frame + as[pc];
        if (s[link + 1] === 0) {
          exit = Exit.returned;
          break loop;
        }
        pc = s[link + 1];
        frame = 2 * s[link];
        continue;
      }
      case 0x10: {
        // call
        const end = x + 2 * lows[pc];
        if (end > 2 * STACK_SLOTS) {
          trap = Trap.stack;
          break;
        }
        if (end > used) used = end;
        const link = x + 2 * highs[pc];
        s[link] = frame >> 1;
        s[link + 1] = pc + 1;
        frame = x;
        pc = as[pc];
        continue;
      }
      case 0x11: {
        // call_indirect
        const signature = as[pc];
        const index = s[x + 2 * (signature & 0xffff)] >>> 0;
        if (index >= lows[pc]) {
          trap = Trap.undefinedElement;
          break;
        }
        // type + 1 u16 | target u24 | link u8 | frame u16
        const slot = 2 * (highs[pc] + index);
        const low = tables[slot];
        const high = tables[slot + 1];
        if (high >>> 16 !== (signature >>> 16) + 1) {
          trap = high >>> 16 === 0 ? Trap.nullElement : Trap.signature;
          break;
        }
        const end = x + 2 * (low & 0xffff);
        if (end > 2 * STACK_SLOTS) {
          trap = Trap.stack;
          break;
        }
        if (end > used) used = end;
        const link = x + 2 * ((low >>> 16) & 0xff);
        s[link] = frame >> 1;
        s[link + 1] = pc + 1;
        frame = x;
        pc = ((high & 0xffff) << 8) | (low >>> 24);
        continue;
      }
      case 0x1b: {
        // select
        if (s[x + 4] === 0) {
          s[x] = s[x + 2];
          s[x + 1] = s[x + 3];
        }
        break;
      }
      case 0x20: {
        // copy
        const from = frame + as[pc];
        s[x] = s[from];
        s[x + 1] = s[from + 1];
        break;
      }
      case 0x23: {
        // global_get
        const from = 2 * as[pc];
        s[x] = tables[from];
        s[x + 1] = tables[from + 1];
        break;
      }
      case 0x24: {
        // global_set
        const to = 2 * as[pc];
        tables[to] = s[x];
        tables[to + 1] = s[x + 1];
        break;
      }
      case 0x25: {
        // table_get
        const index = s[x] >>> 0;
        if (index >= lows[pc]) trap = Trap.table;
        else {
          const from = 2 * (highs[pc] + index);
          s[x] = tables[from];
          s[x + 1] = tables[from + 1];
        }
        break;
      }
      case 0x26: {
        // table_set
        const index = s[x] >>> 0;
        if (index >= lows[pc]) trap = Trap.table;
        else {
          const slot = highs[pc] + index;
          marks[slot >>> SLOT_PAGE_BITS] = 1;
          tables[2 * slot] = s[x + 2];
          tables[2 * slot + 1] = s[x + 3];
        }
        break;
      }
      case 0x28: {
        // i32.load
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if ((address & 3) !== 0) trap = load(op, memory, s, x, lows[pc] >>> 0);
        else if (address + 4 > size) trap = Trap.memory;
        else s[x] = words[address >>> 2];
        break;
      }
      case 0x29: {
        // i64.load
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if ((address & 3) !== 0) trap = load(op, memory, s, x, lows[pc] >>> 0);
        else if (address + 8 > size) trap = Trap.memory;
        else {
          s[x] = words[address >>> 2];
          s[x + 1] = words[(address >>> 2) + 1];
        }
        break;
      }
      case 0x2d: {
        // i32.load8_u
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if (address >= size) trap = Trap.memory;
        else s[x] = bytes[address];
        break;
      }
      case 0x2c:
      case 0x2e:
      case 0x2f:
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
        trap = load(op, memory, s, x, lows[pc] >>> 0);
        break;
      case 0x36: {
        // i32.store
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if ((address & 3) !== 0) trap = store(op, memory, s, x, lows[pc] >>> 0);
        else if (address + 4 > size) trap = Trap.memory;
        else {
          if (shared[address >>> 12] !== 0) memory.unshare(address >>> 12);
          words[address >>> 2] = s[x + 2];
        }
        break;
      }
      case 0x37: {
        // i64.store
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if ((address & 7) !== 0) trap = store(op, memory, s, x, lows[pc] >>> 0);
        else if (address + 8 > size) trap = Trap.memory;
        else {
          if (shared[address >>> 12] !== 0) memory.unshare(address >>> 12);
          words[address >>> 2] = s[x + 2];
          words[(address >>> 2) + 1] = s[x + 3];
        }
        break;
      }
      case 0x3a: {
        // i32.store8
        const address = (s[x] >>> 0) + (lows[pc] >>> 0);
        if (address >= size) trap = Trap.memory;
        else {
          if (shared[address >>> 12] !== 0) memory.unshare(address >>> 12);
          bytes[address] = s[x + 2];
        }
        break;
      }
      case 0x3b:
      case 0x3c:
      case 0x3d:
      case 0x3e:
        trap = store(op, memory, s, x, lows[pc] >>> 0);
        break;
      case 0x3f: // memory_size
        s[x] = memory.pages;
        s[x + 1] = 0;
        break;
      case 0x40: // memory_grow
      case 0xf0: // host
        left++;
        exit = Exit.host;
        break loop;
      case 0x42: // constant
        s[x] = lows[pc];
        s[x + 1] = highs[pc];
        break;
      case 0x45: // i32.eqz
        s[x] = s[x] === 0 ? 1 : 0;
        break;
      case 0x46: // i32.eq
        s[x] = s[x] === s[x + 2] ? 1 : 0;
        break;
      case 0x47: // i32.ne
        s[x] = s[x] !== s[x + 2] ? 1 : 0;
        break;
      case 0x48: // i32.lt_s
        s[x] = s[x] < s[x + 2] ? 1 : 0;
        break;
      case 0x49: // i32.lt_u
        s[x] = s[x] >>> 0 < s[x + 2] >>> 0 ? 1 : 0;
        break;
      case 0x4a: // i32.gt_s
        s[x] = s[x] > s[x + 2] ? 1 : 0;
        break;
      case 0x4b: // i32.gt_u
        s[x] = s[x] >>> 0 > s[x + 2] >>> 0 ? 1 : 0;
        break;
      case 0x4c: // i32.le_s
        s[x] = s[x] <= s[x + 2] ? 1 : 0;
        break;
      case 0x4d: // i32.le_u
        s[x] = s[x] >>> 0 <= s[x + 2] >>> 0 ? 1 : 0;
        break;
      case 0x4e: // i32.ge_s
        s[x] = s[x] >= s[x + 2] ? 1 : 0;
        break;
      case 0x4f: // i32.ge_u
        s[x] = s[x] >>> 0 >= s[x + 2] >>> 0 ? 1 : 0;
        break;
      case 0x50: // i64.eqz
        s[x] = (s[x] | s[x + 1]) === 0 ? 1 : 0;
        s[x + 1] = 0;
        break;
      case 0x51: // i64.eq
        s[x] = s[x] === s[x + 2] && s[x + 1] === s[x + 3] ? 1 : 0;
        s[x + 1] = 0;
        break;
      case 0x52: // i64.ne
        s[x] = s[x] !== s[x + 2] || s[x + 1] !== s[x + 3] ? 1 : 0;
        s[x + 1] = 0;
        break;
      case 0x6a: // i32.add
        s[x] = s[x] + s[x + 2];
        break;
      case 0x6b: // i32.sub
        s[x] = s[x] - s[x + 2];
        break;
      case 0x6c: // i32.mul
        s[x] = Math.imul(s[x], s[x + 2]);
        break;
      case 0x6d: // i32.div_s
        if (s[x + 2] === 0) trap = Trap.divideByZero;
        else if (s[x] === -0x80000000 && s[x + 2] === -1) trap = Trap.overflow;
        else s[x] = s[x] / s[x + 2];
        break;
      case 0x6e: // i32.div_u
        if (s[x + 2] === 0) trap = Trap.divideByZero;
        else s[x] = (s[x] >>> 0) / (s[x + 2] >>> 0);
        break;
      case 0x6f: // i32.rem_s
        if (s[x + 2] === 0) trap = Trap.divideByZero;
        else s[x] = s[x] % s[x + 2];
        break;
      case 0x70: // i32.rem_u
        if (s[x + 2] === 0) trap = Trap.divideByZero;
        else s[x] = (s[x] >>> 0) % (s[x + 2] >>> 0);
        break;
      case 0x71: // i32.and
        s[x] = s[x] & s[x + 2];
        break;
      case 0x72: // i32.or
        s[x] = s[x] | s[x + 2];
        break;
      case 0x73: // i32.xor
        s[x] = s[x] ^ s[x + 2];
        break;
      case 0x74: // i32.shl
        s[x] = s[x] << s[x + 2];
        break;
      case 0x75: // i32.shr_s
        s[x] = s[x] >> s[x + 2];
        break;
      case 0x76: // i32.shr_u
        s[x] = s[x] >>> s[x + 2];
        break;
      case 0x7c: {
        // i64.add
        const low = (s[x] >>> 0) + (s[x + 2] >>> 0);
        s[x] = low;
        s[x + 1] = s[x + 1] + s[x + 3] + (low > 0xffffffff ? 1 : 0);
        break;
      }
      case 0x7d: {
        // i64.sub
        const borrow = s[x] >>> 0 < s[x + 2] >>> 0 ? 1 : 0;
        s[x] = s[x] - s[x + 2];
        s[x + 1] = s[x + 1] - s[x + 3] - borrow;
        break;
      }
      case 0x83: // i64.and
        s[x] = s[x] & s[x + 2];
        s[x + 1] = s[x + 1] & s[x + 3];
        break;
      case 0x84: // i64.or
        s[x] = s[x] | s[x + 2];
        s[x + 1] = s[x + 1] | s[x + 3];
        break;
      case 0x85: // i64.xor
        s[x] = s[x] ^ s[x + 2];
        s[x + 1] = s[x + 1] ^ s[x + 3];
        break;
      case 0xa7: // i32.wrap_i64
      case 0xad: // i64.extend_i32_u
        s[x + 1] = 0;
        break;
      case 0xac: // i64.extend_i32_s
        s[x + 1] = s[x] >> 31;
        break;
      default:
        trap = numeric(op, s, x);
    }
    if (trap !== Trap.none) {
      exit = Exit.trapped;
      break;
    }
    pc++;
  }
  registers.pc = pc;
  registers.fp = frame >> 1;
  registers.used = used >> 1;
  result.exit = exit;
  result.trap = trap;
  return steps - left;
}
