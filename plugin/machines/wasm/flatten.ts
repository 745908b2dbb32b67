import { type Assembler } from "./assembler.js";
import { skipImmediates } from "./instructions.js";
import { Op } from "./instruction.js";
import type { FunctionLayout } from "./layout.js";
import type { CoreModule } from "./coreModule.js";
import { TRAMPOLINE } from "./hostCalls.js";
import { typeIndexOf, typeOf, type FunctionBody } from "./module.js";
import { isMemoryAccess, isStore, numericEffect } from "./opcodes.js";
import { Reader } from "./reader.js";
import type { Region } from "./regions.js";
import { TRAP_CAUSES } from "../traps.js";
import { blockType } from "./valueTypes.js";
import { zeroedLocals } from "./zeroedLocals.js";

/** What a function's code needs to know of its program. */
export interface FlatteningContext {
  readonly module: CoreModule;
  readonly assembler: Assembler;
  /** By function index, imports too. */
  readonly layouts: readonly FunctionLayout[];
  /** Equal types have equal numbers. */
  readonly typeNumbers: readonly number[];
  /** Number of the host call behind each import, or of its trampoline. */
  readonly hostCalls: readonly number[];
  /** Where regions are in the tables tree, the tables' first. */
  readonly regions: readonly Region[];
  readonly maximumPages: number;
}

/** A block that is open, and where branches to it go. */
interface Label {
  readonly isLoop: boolean;
  /** Slot of its first parameter and first result. */
  readonly base: number;
  readonly parameters: number;
  readonly results: number;
  /** First instruction, for loops. */
  readonly start: number;
  /** Whether the code before it can be reached. */
  readonly entered: boolean;
  /** Jumps that wait for its end. */
  readonly exits: number[];
  /** The jump over an `if`'s first arm, until its `else` or end. */
  skip: number | undefined;
}

/** Where the flat code of one of a body's instructions starts; it ends where the next one's does. */
export interface Place {
  /** Of the instruction, in the body's bytes. */
  readonly offset: number;
  /** Of its first flat instruction, if it has any. */
  readonly at: number;
  /** Whether it can be reached; what cannot is left out. */
  readonly reachable: boolean;
}

/** A function as `flattenFunction` leaves it. */
export interface FlatFunction {
  /** Slots of its frame. */
  readonly frame: number;
  /** One for each instruction of the body, and one behind the last. */
  readonly places: readonly Place[];
}

/** Flattens one function: control flow becomes jumps, every operand gets a fixed slot in the frame. */
export function flattenFunction(context: FlatteningContext, body: FunctionBody, layout: FunctionLayout): FlatFunction {
  return new Flattener(context, body, layout).run();
}

class Flattener {
  private readonly reader: Reader;
  private readonly labels: Label[] = [];
  /** The slot of the next operand. */
  private height: number;
  private highest: number;
  private reachable = true;
  private readonly places: Place[] = [];

  constructor(
    private readonly context: FlatteningContext,
    private readonly body: FunctionBody,
    private readonly layout: FunctionLayout,
  ) {
    this.reader = new Reader(body.bytes, body.start, body.end);
    this.height = layout.link + 1 + body.locals.length;
    this.highest = this.height;
  }

  run(): FlatFunction {
    const { layout, body } = this;
    const zeroed = zeroedLocals(body, layout.parameters);
    body.locals.forEach((_, index) => {
      if (zeroed.has(index)) this.emit(Op.constant, layout.link + 1 + index);
    });
    this.open(false, 0, layout.results);
    while (this.labels.length > 0) this.instruction();
    this.mark();
    return { frame: this.highest, places: this.places };
  }

  private mark(): void {
    const { reader, context, reachable } = this;
    this.places.push({ offset: reader.offset, at: context.assembler.length, reachable });
  }

  private instruction(): void {
    this.mark();
    const opcode = this.reader.byte();
    if (opcode >= 0x02 && opcode <= 0x04) return this.block(opcode);
    if (opcode === 0x05) return this.else();
    if (opcode === 0x0b) return this.end();
    if (!this.reachable) {
      skipImmediates(this.reader, opcode);
      return;
    }
    if (opcode <= 0x0f) return this.branch(opcode);
    if (opcode === 0xd2) return this.reference(this.reader.u32());
    if (opcode >= 0x45) return this.numeric(opcode);
    if (isMemoryAccess(opcode)) return this.memoryAccess(opcode);
    this.other(opcode);
  }

  private block(opcode: number): void {
    const type = blockType(this.context.module, this.reader.signed());
    const isIf = opcode === 0x04;
    if (this.reachable && isIf) this.pop(1);
    const skip = this.reachable && isIf ? this.emit(Op.jumpUnless, this.height) : undefined;
    this.open(opcode === 0x03, type.parameters.length, type.results.length, skip);
  }

  private open(isLoop: boolean, parameters: number, results: number, skip?: number): void {
    const base = this.reachable ? this.height - parameters : this.height;
    const start = this.context.assembler.length;
    this.labels.push({ isLoop, base, parameters, results, start, entered: this.reachable, exits: [], skip });
  }

  private else(): void {
    const label = this.labels[this.labels.length - 1];
    if (this.reachable) label.exits.push(this.emit(Op.jump, 0));
    if (label.skip !== undefined) this.context.assembler.setTarget(label.skip, this.context.assembler.length);
    label.skip = undefined;
    this.reachable = label.entered;
    this.height = label.base + label.parameters;
  }

  private end(): void {
    const label = this.labels.pop()!;
    const here = this.context.assembler.length;
    if (label.skip !== undefined) this.context.assembler.setTarget(label.skip, here);
    for (const exit of label.exits) this.context.assembler.setTarget(exit, here);
    this.reachable ||= label.exits.length > 0 || label.skip !== undefined;
    if (this.labels.length === 0) {
      if (this.reachable) this.leave();
      return;
    }
    this.height = label.base;
    if (this.reachable) this.push(label.results);
  }

  private branch(opcode: number): void {
    if (opcode === 0x01) return;
    if (opcode === 0x0d) return this.branchIf(this.reader.u32());
    if (opcode === 0x0e) this.branchTable();
    else if (opcode === 0x00)
      this.emit(Op.unreachable, 0, this.body.trap === undefined ? 0 : TRAP_CAUSES.indexOf(this.body.trap));
    else if (opcode === 0x0c) this.branchTo(this.reader.u32());
    else this.leave();
    this.reachable = false;
  }

  private branchIf(depth: number): void {
    this.pop(1);
    if (depth < this.labels.length - 1 && !this.needsCopies(depth)) {
      this.jumpTo(depth, this.emit(Op.jumpIf, this.height));
      return;
    }
    const skip = this.emit(Op.jumpUnless, this.height);
    this.branchTo(depth);
    this.context.assembler.setTarget(skip, this.context.assembler.length);
  }

  /** One jump for each target; those that carry values to another height go by way of a stub. */
  private branchTable(): void {
    const depths = this.reader.list(() => this.reader.u32());
    depths.push(this.reader.u32());
    this.pop(1);
    this.emit(Op.jumpTable, this.height, depths.length - 1);
    const stubs = new Map<number, number[]>();
    for (const depth of depths) {
      const jump = this.emit(Op.jump, 0);
      if (depth < this.labels.length - 1 && !this.needsCopies(depth)) this.jumpTo(depth, jump);
      else stubs.set(depth, [...(stubs.get(depth) ?? []), jump]);
    }
    for (const [depth, jumps] of stubs) {
      for (const jump of jumps) this.context.assembler.setTarget(jump, this.context.assembler.length);
      this.branchTo(depth);
    }
  }

  /** Copies a branch's values to where its label wants them, and jumps; a branch out of the function returns. */
  private branchTo(depth: number): void {
    if (depth === this.labels.length - 1) return this.leave();
    const label = this.label(depth);
    this.copyDown(arity(label), label.base);
    this.jumpTo(depth, this.emit(Op.jump, 0));
  }

  private jumpTo(depth: number, jump: number): void {
    const label = this.label(depth);
    if (label.isLoop) this.context.assembler.setTarget(jump, label.start);
    else label.exits.push(jump);
  }

  private needsCopies(depth: number): boolean {
    const label = this.label(depth);
    return arity(label) > 0 && this.height - arity(label) !== label.base;
  }

  private leave(): void {
    this.copyDown(this.layout.results, 0);
    this.emit(Op.return, 0, this.layout.link);
  }

  /** Copies the topmost operands to lower slots, the lowest first, so that none is overwritten before it is read. */
  private copyDown(count: number, to: number): void {
    const from = this.height - count;
    if (from === to) return;
    for (let i = 0; i < count; i++) this.emit(Op.copy, to + i, from + i);
  }

  private numeric(opcode: number): void {
    const { pops, pushes } = numericEffect(opcode)!;
    this.pop(pops);
    this.emit(opcode, this.height);
    this.push(pushes);
  }

  private memoryAccess(opcode: number): void {
    this.reader.u32(); // an alignment is a hint
    const offset = Number(this.reader.u64());
    this.pop(isStore(opcode) ? 2 : 1);
    this.emit(opcode, this.height, 0, offset);
    this.push(isStore(opcode) ? 0 : 1);
  }

  private other(opcode: number): void {
    switch (opcode) {
      case 0x10:
        return this.call(this.reader.u32());
      case 0x11:
        return this.callIndirect(this.reader.u32(), this.reader.u32());
      case 0x1a:
        return this.pop(1);
      case 0x1b:
        this.pop(3);
        this.emit(Op.select, this.height);
        return this.push(1);
      case 0x20:
        this.emit(Op.copy, this.height, this.slotOf(this.reader.u32()));
        return this.push(1);
      case 0x21:
        this.pop(1);
        this.emit(Op.copy, this.slotOf(this.reader.u32()), this.height);
        return;
      case 0x22:
        this.emit(Op.copy, this.slotOf(this.reader.u32()), this.height - 1);
        return;
      case 0x23:
        this.emit(Op.globalGet, this.height, this.reader.u32());
        return this.push(1);
      case 0x24:
        this.pop(1);
        this.emit(Op.globalSet, this.height, this.reader.u32());
        return;
      case 0x25:
        this.inRegion(Op.tableGet, this.height - 1, this.reader.u32());
        return;
      case 0x26:
        this.pop(2);
        return this.inRegion(Op.tableSet, this.height, this.reader.u32());
      case 0x3f:
        this.reader.u32();
        this.emit(Op.memorySize, this.height);
        return this.push(1);
      case 0x40:
        this.reader.u32();
        this.emit(Op.memoryGrow, this.height - 1, this.context.maximumPages);
        return;
      default:
        return this.constant(opcode);
    }
  }

  private constant(opcode: number): void {
    const value = BigInt.asUintN(opcode === 0x41 ? 32 : 64, this.reader.signed());
    this.emit(Op.constant, this.height, 0, Number(value & 0xffffffffn), Number(value >> 32n));
    this.push(1);
  }

  private call(index: number): void {
    const type = typeOf(this.context.module, index);
    this.pop(type.parameters.length);
    const hostCall = this.context.hostCalls.at(index) ?? TRAMPOLINE;
    if (hostCall < TRAMPOLINE) this.emit(Op.host, this.height, hostCall);
    else this.context.assembler.call(this.height, this.context.layouts[index]);
    this.push(type.results.length);
  }

  private reference(index: number): void {
    const { assembler, layouts, module, typeNumbers } = this.context;
    assembler.reference(this.height, typeNumbers[typeIndexOf(module, index)], layouts[index]);
    this.push(1);
  }

  /** Emits an instruction that indexes a region. */
  private inRegion(op: number, h: number, region: number, a = 0): void {
    const { base, size } = this.context.regions[region];
    this.emit(op, h, a, size, base);
  }

  private callIndirect(typeIndex: number, region: number): void {
    const type = this.context.module.types[typeIndex];
    const count = type.parameters.length;
    this.pop(1 + count);
    const a = this.context.typeNumbers[typeIndex] * 2 ** 16 + count;
    this.inRegion(Op.callIndirect, this.height, region, a);
    this.push(type.results.length);
  }

  private slotOf(local: number): number {
    const { parameters, link } = this.layout;
    return local < parameters ? local : link + 1 + local - parameters;
  }

  private label(depth: number): Label {
    return this.labels[this.labels.length - 1 - depth];
  }

  private pop(count: number): void {
    this.height -= count;
  }

  private push(count: number): void {
    this.height += count;
    this.highest = Math.max(this.highest, this.height);
  }

  private emit(op: number, h: number, a = 0, low = 0, high = 0): number {
    return this.context.assembler.emit(op, h, a, low, high);
  }
}

/** How many values a branch to the label carries. */
function arity(label: Label): number {
  return label.isLoop ? label.parameters : label.results;
}
