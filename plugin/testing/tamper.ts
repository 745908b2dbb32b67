import { RollupError } from "../errors.js";
import type { Machine } from "../machines/machine.js";
import { Op, type Instruction } from "../machines/wasm/instruction.js";
import { isMemoryAccess, isStore } from "../machines/wasm/opcodes.js";
import { RegisterMachine } from "../machines/registers/registerMachine.js";
import { WasmMachine } from "../machines/wasm/wasmMachine.js";
import type { Tamper } from "../node/machineTrace.js";

/** Which part of a step's outcome is falsified. */
export type TamperTarget = "result" | "memory";

export interface TamperOptions {
  readonly position: bigint;
  /** `result`: the slot or the word that the instruction wrote, if it wrote one; `memory`: a byte of memory. */
  readonly target: TamperTarget;
  /** Which bit, and for `memory` which byte; any number. */
  readonly seed: number;
}

/** A bit of an i32 or of the low half of an i64: an i32 is held zero-extended, and a lie must not be a state that no machine can be in. */
const BITS = 31;

/** The lie that one instruction of a guest had another outcome: one bit of it is flipped. */
export function flipBit({ position, target, seed }: TamperOptions): Tamper {
  return {
    position,
    apply(given: Machine, step: () => void): void {
      if (given instanceof RegisterMachine) return flipBitOfRegisters(given, step, target, seed);
      const machine = wasm(given);
      const address = target === "result" ? storedAddress(machine) : undefined;
      const slot = target === "result" ? writtenSlot(machine) : undefined;
      step();
      if (slot !== undefined && !machine.waiting) flipSlot(machine, slot, seed % BITS);
      else flipByte(machine, address ?? seed, seed % 8);
    },
  };
}

/** Where the instruction wrote a register that is one of it; else a byte that it stored, or any. */
function flipBitOfRegisters(machine: RegisterMachine, step: () => void, target: TamperTarget, seed: number): void {
  const { registers, memory } = machine;
  const before = registers.slice();
  const { address } = machine.describe().values;
  step();
  const written = before.findIndex((value, index) => index < GENERAL_REGISTERS && value !== registers[index]);
  if (target === "result" && written > 0) registers[written] ^= 1 << (seed % 32);
  else {
    const place = target === "result" && address !== undefined ? Number(address) : seed >>> 0;
    memory.setByte(place, memory.byte(place) ^ (1 << (seed % 8)));
  }
}

/** What a lie may be about; behind them are those of the machine's own, which it may not hold all values of. */
const GENERAL_REGISTERS = 32;

function wasm(machine: Machine): WasmMachine {
  if (machine instanceof WasmMachine) return machine;
  throw new RollupError("NOT_WASM", "Steps of this machine cannot be falsified.", {
    given: machine.program.machine,
  });
}

function nextInstruction(machine: WasmMachine): Instruction | undefined {
  return machine.waiting || machine.overdue ? undefined : machine.program.code[machine.registers.pc];
}

/** The slot that the next instruction writes its result to, undefined if it has none. */
function writtenSlot(machine: WasmMachine): number | undefined {
  const instruction = nextInstruction(machine);
  if (instruction === undefined || !writesSlot(instruction.op)) return undefined;
  return machine.registers.fp + instruction.h;
}

function writesSlot(op: number): boolean {
  if (isMemoryAccess(op)) return !isStore(op);
  return op === Op.select || op === Op.copy || op === Op.globalGet || (op >= Op.memorySize && op < Op.host);
}

/** The first byte that the next instruction stores to, undefined if it is no store. */
function storedAddress(machine: WasmMachine): number | undefined {
  const instruction = nextInstruction(machine);
  if (instruction === undefined || !isStore(instruction.op)) return undefined;
  const { fp, stack } = machine.registers;
  return Number(stack.get(fp + instruction.h)) + instruction.low;
}

function flipSlot({ registers: { stack } }: WasmMachine, slot: number, bit: number): void {
  stack.set(slot, stack.get(slot) ^ (1n << BigInt(bit)));
}

function flipByte({ registers: { memory } }: WasmMachine, seed: number, bit: number): void {
  if (memory.size === 0) throw new RollupError("NO_MEMORY", "The guest has no memory that a lie could be about.");
  const address = seed % memory.size;
  memory.unshareRange(address, 1);
  memory.bytes[address] ^= 1 << bit;
}
