import { W } from "../translate/code.js";
import { address, stopIfGuarded, stopIfMisaligned } from "../translate/flatMemory.js";
import type { Translation } from "../translate/translation.js";
import { alignment, isStore, type Instruction, type Name } from "./decode.js";
import { LINK } from "./place.js";

const LOADS: Readonly<Partial<Record<Name, number>>> = {
  lb: W.i32Load8Signed,
  lbu: W.i32Load8,
  lh: W.i32Load16Signed,
  lhu: W.i32Load16,
  lw: W.i32Load,
  ll: W.i32Load,
};

const STORES: Readonly<Partial<Record<Name, number>>> = { sb: W.i32Store8, sh: W.i32Store16, sw: W.i32Store };

/** A load or a store. Words are in memory as numbers, so that bytes within them are counted from the other end. */
export function emitAccess(translation: Translation, instruction: Instruction): void {
  new AccessEmitter(translation, instruction).emit();
}

class AccessEmitter {
  constructor(
    private readonly translation: Translation,
    private readonly instruction: Instruction,
  ) {}

  emit(): void {
    const { name, first, immediate } = this.instruction;
    const local = address(this.translation, first, immediate);
    stopIfMisaligned(this.translation, local, alignment(name));
    if (name === "sc") return this.storeConditionally(local);
    if (name === "swl" || name === "swr") return this.storePart(local, name === "swl");
    if (name === "lwl" || name === "lwr") return this.loadPart(local, name === "lwl");
    if (isStore(name)) return this.store(local, STORES[name]!);
    this.load(local, LOADS[name]!);
  }

  private load(local: number, op: number): void {
    const { name, destination } = this.instruction;
    const { code } = this.translation;
    if (destination !== 0) {
      this.flipped(local);
      code.access(op, 0);
      this.translation.set(destination);
    }
    if (name !== "ll") return;
    code.get(local);
    code.constant(1);
    code.op(W.i32Or);
    this.translation.set(LINK);
  }

  private store(local: number, op: number): void {
    stopIfGuarded(this.translation, local);
    this.flipped(local);
    this.translation.get(this.instruction.second);
    this.translation.code.access(op, 0);
  }

  /** The address of bytes that are counted from the other end of their word. */
  private flipped(local: number): void {
    const { code } = this.translation;
    const size = alignment(this.instruction.name);
    code.get(local);
    if (size === 4) return;
    code.constant(4 - size);
    code.op(W.i32Xor);
  }

  private storeConditionally(local: number): void {
    const { code } = this.translation;
    const linked = this.translation.temporary("linked");
    this.translation.get(LINK);
    code.get(local);
    code.constant(1);
    code.op(W.i32Or, W.i32Eq);
    code.tee(linked);
    this.translation.open(W.if);
    this.store(local, W.i32Store);
    this.translation.close();
    code.constant(0);
    this.translation.set(LINK);
    if (this.instruction.destination === 0) return;
    code.get(linked);
    this.translation.set(this.instruction.destination);
  }

  /** How far a part of a word is moved, in bits: from the left by its place in there, from the right by 24 less that. */
  private distance(local: number, left: boolean): void {
    const { code } = this.translation;
    if (!left) code.constant(24);
    code.get(local);
    code.constant(3);
    code.op(W.i32And);
    code.constant(3);
    code.op(W.i32ShiftLeft);
    if (!left) code.op(W.i32Subtract);
  }

  private word(local: number): void {
    const { code } = this.translation;
    code.get(local);
    code.constant(-4);
    code.op(W.i32And);
  }

  private loadPart(local: number, left: boolean): void {
    const { code } = this.translation;
    const { destination, second } = this.instruction;
    if (destination === 0) return;
    const [by, op] = [this.translation.temporary("by"), left ? W.i32ShiftLeft : W.i32ShiftRight];
    this.distance(local, left);
    code.set(by);
    this.translation.get(second);
    this.outside(by, op);
    this.word(local);
    code.access(W.i32Load, 0);
    code.get(by);
    code.op(op, W.i32Or);
    this.translation.set(destination);
  }

  private storePart(local: number, left: boolean): void {
    const { code } = this.translation;
    const [by, op] = [this.translation.temporary("by"), left ? W.i32ShiftRight : W.i32ShiftLeft];
    stopIfGuarded(this.translation, local);
    this.distance(local, left);
    code.set(by);
    this.word(local);
    this.word(local);
    code.access(W.i32Load, 0);
    this.outside(by, op);
    this.translation.get(this.instruction.second);
    code.get(by);
    code.op(op, W.i32Or);
    code.access(W.i32Store, 0);
  }

  /** Of what is on the stack the bits that a part does not take the place of. */
  private outside(by: number, op: number): void {
    const { code } = this.translation;
    code.constant(-1);
    code.get(by);
    code.op(op);
    code.constant(-1);
    code.op(W.i32Xor, W.i32And);
  }
}
