import { concatBytes } from "@noble/hashes/utils.js";

import { encodeInputHeader, type Input } from "../../input.js";
import { Cursor, WitnessWriter } from "../witness.js";
import { ACCESS_SIZES } from "./access.js";
import { HOST_CALLS } from "../hostCalls.js";
import { HostCallProver, proveRestore, type ProofContext } from "../proof.js";
import { WASM_PAGE } from "./images.js";
import { Op, STACK_SLOTS, type Instruction } from "./instruction.js";
import { isStore, isUnary } from "./opcodes.js";
import type { WasmProgram } from "./program.js";
import { decodeReference } from "./reference.js";
import { packRegisters, type Core } from "./registers.js";
import { SlotCursor } from "./slotCursor.js";

/** The witness of step 0 of an input's window. */
export function proveDelivery(program: WasmProgram, core: Core, input: Input): Uint8Array {
  return concatBytes(encodeInputHeader(input.header), encodeCore(program, core));
}

/** The witness of the next instruction: what it touches, in the order in which it does. */
export function proveInstruction(program: WasmProgram, core: Core, context: ProofContext): Uint8Array {
  return new InstructionProver(program, core, context).prove();
}

function encodeCore(program: WasmProgram, core: Core): Uint8Array {
  const roots = [core.memory.root(), core.stack.root(), core.tables.root()];
  return concatBytes(program.codeTree.root(), program.parameters, packRegisters(core), ...roots);
}

/** Touches leaves as `WasmMachine.step` on chain does. Its methods give true for an instruction that restores. */
class InstructionProver {
  private readonly writer = new WitnessWriter();
  private readonly memory: Cursor;
  private readonly stack: SlotCursor;
  private readonly tables: SlotCursor;

  constructor(
    private readonly program: WasmProgram,
    private readonly core: Core,
    private readonly context: ProofContext,
  ) {
    this.memory = new Cursor(core.memory, this.writer);
    this.stack = new SlotCursor(new Cursor(core.stack, this.writer));
    this.tables = new SlotCursor(new Cursor(core.tables, this.writer));
  }

  prove(): Uint8Array {
    const { program, core } = this;
    this.writer.bytes(encodeCore(program, core));
    new Cursor(program.codeTree, this.writer).touch(Math.floor(core.pc / 2));
    const restores = this.instruction(program.code[core.pc]);
    if (restores) this.writer.bytes(proveRestore(this.context.checkpoint));
    return this.writer.finish();
  }

  private instruction(instruction: Instruction): boolean {
    const { op, a } = instruction;
    const h = this.core.fp + instruction.h;
    switch (op) {
      case Op.unreachable:
        return true;
      case Op.jump:
        return false;
      case Op.jumpUnless:
      case Op.jumpIf:
      case Op.jumpTable:
        this.stack.touch(h);
        return false;
      case Op.return:
        this.stack.touch(this.core.fp + a);
        return false;
      case Op.call:
        return this.enter(h, instruction.high, instruction.low);
      case Op.callIndirect:
        return this.callIndirect(h, instruction);
      case Op.select:
        for (const slot of [h + 2, h + 1, h]) this.stack.touch(slot);
        return false;
      case Op.copy:
        this.stack.touch(this.core.fp + a);
        this.stack.touch(h);
        return false;
      case Op.globalGet:
        this.tables.touch(a);
        this.stack.touch(h);
        return false;
      case Op.globalSet:
        this.stack.touch(h);
        this.tables.touch(a);
        return false;
      case Op.tableGet:
        return this.inRegion(h, instruction) || this.touchSlot(h);
      case Op.tableSet:
        this.stack.touch(h + 1);
        return this.inRegion(h, instruction);
      case Op.memorySize:
      case Op.constant:
      case Op.memoryGrow:
        this.stack.touch(h);
        return false;
      case Op.host:
        return this.hostCall(h, a);
      default:
        return op < Op.memorySize ? this.memoryAccess(h, instruction) : this.numeric(h, op);
    }
  }

  /** A call's end: the frame's limit, then the link. */
  private enter(h: number, link: number, frame: number): boolean {
    if (h + frame > STACK_SLOTS) return true;
    this.stack.touch(h + link);
    return false;
  }

  private callIndirect(h: number, { a, high, low }: Instruction): boolean {
    const index = Number(this.stack.touch(h + (a & 0xffff)));
    if (index >= low) return true;
    const { type, link, frame } = decodeReference(this.tables.touch(high + index));
    return type !== (a >>> 16) + 1 || this.enter(h, link, frame);
  }

  /** Touches the slot of a region that the operand at `h` names. */
  private inRegion(h: number, { high, low }: Instruction): boolean {
    const index = Number(BigInt.asUintN(32, this.stack.touch(h)));
    if (index >= low) return true;
    this.tables.touch(high + index);
    return false;
  }

  private touchSlot(h: number): false {
    this.stack.touch(h);
    return false;
  }

  private numeric(h: number, op: number): boolean {
    const second = isUnary(op) ? 1n : this.stack.touch(h + 1);
    const first = this.stack.touch(h);
    return isDivision(op) && divisionTraps(op, first, second);
  }

  private memoryAccess(h: number, { op, low }: Instruction): boolean {
    const value = isStore(op) ? this.stack.touch(h + 1) : undefined;
    const address = Number(this.stack.touch(h)) + low;
    const size = ACCESS_SIZES[op];
    if (address + size > this.size) return true;
    const [first, last] = [Math.floor(address / 32), Math.floor((address + size - 1) / 32)];
    const leaf = this.memory.touch(first);
    if (last === first) return false;
    if (value !== undefined) this.memory.write(withBytes(leaf, address % 32, size, value));
    this.memory.touch(last);
    return false;
  }

  private hostCall(h: number, call: number): boolean {
    const count = HOST_CALLS[call].parameters.length;
    const args = new Array<number>(count);
    for (let index = count - 1; index >= 0; index--) args[index] = Number(this.stack.touch(h + index));
    return new HostCallProver(this.writer, this.memory, this.size, this.context).prove(call, args);
  }

  /** Of the memory, in bytes. */
  private get size(): number {
    return this.core.pages * WASM_PAGE;
  }
}

function isDivision(op: number): boolean {
  return (op >= 0x6d && op <= 0x70) || (op >= 0x7f && op <= 0x82);
}

function divisionTraps(op: number, first: bigint, second: bigint): boolean {
  if (second === 0n) return true;
  const bits = op === 0x6d ? 32n : op === 0x7f ? 64n : undefined;
  return bits !== undefined && first === 1n << (bits - 1n) && second === (1n << bits) - 1n;
}

/** The leaf with those of the `size` little-endian bytes of `value` that fit behind `offset`. */
function withBytes(leaf: Uint8Array, offset: number, size: number, value: bigint): Uint8Array {
  const changed = leaf.slice();
  for (let i = 0; i < size && offset + i < 32; i++) changed[offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return changed;
}
