import { W } from "../translate/code.js";
import { GUARDS } from "../translate/layout.js";
import type { Translation } from "../translate/translation.js";
import { ACCESS_SIZES } from "./access.js";
import { Op, STACK_SLOTS, type Instruction } from "./instruction.js";
import { emitNumeric } from "./numericEmitter.js";
import { isMemoryAccess, isStore } from "./opcodes.js";
import { FRAME, NEXT_FRAME, PAGES, SIZE, TABLES, USED } from "./stateLayout.js";

const PAGE_BITS = 12;
const PAGE = 2 ** PAGE_BITS;

/** Emits one flat instruction. Slots are of 64 bits, an i32 in them zero-extended. */
export class WasmEmitter {
  constructor(
    private readonly translation: Translation,
    private readonly instruction: Instruction,
    private readonly place: number,
    /** Of functions by the numbers of their types: the slots of their links. */
    private readonly links: ReadonlyMap<number, number>,
  ) {}

  emit(): void {
    const { translation, instruction } = this;
    const { op, h, a, high, low } = instruction;
    if (isMemoryAccess(op)) return this.access();
    switch (op) {
      case Op.jump:
        return;
      case Op.jumpIf:
        return this.get32(h);
      case Op.jumpUnless:
        this.get32(h);
        return translation.code.op(W.i32Eqz);
      case Op.jumpTable:
        return this.get32(h);
      case Op.return:
        return this.return();
      case Op.call:
        return this.call(this.constant(a), h + high, this.constant(low));
      case Op.callIndirect:
        return this.callIndirect();
      case Op.constant:
        translation.code.constant64(high | 0, low | 0);
        return translation.set(h);
      case Op.copy:
        translation.get(a);
        return translation.set(h);
      case Op.select:
        return this.select();
      case Op.globalGet:
      case Op.globalSet:
        return this.global(op === Op.globalGet);
      case Op.tableGet:
        return this.tableGet();
      case Op.memorySize:
        translation.get(PAGES);
        translation.code.op(W.i64Extend);
        return translation.set(h);
      default:
        emitNumeric(translation, op, h);
    }
  }

  private get32(slot: number): void {
    this.translation.get(slot);
    this.translation.code.op(W.i32Wrap);
  }

  private constant(value: number): () => void {
    return () => this.translation.code.constant(value);
  }

  private select(): void {
    const { translation } = this;
    const { h } = this.instruction;
    translation.get(h);
    translation.get(h + 1);
    this.get32(h + 2);
    translation.code.op(W.select);
    translation.set(h);
  }

  private global(gets: boolean): void {
    const { translation } = this;
    const { h, a } = this.instruction;
    translation.code.constant(0);
    if (!gets) translation.get(h);
    translation.code.access(gets ? W.i64Load : W.i64Store, 1, TABLES + 8 * a);
    if (gets) translation.set(h);
  }

  /** The slot's place behind that of a region's first, from the index in a slot; the stepper does what is past the region. */
  private indexed(slot: number, size: number): void {
    const { translation } = this;
    this.get32(slot);
    translation.code.constant(size);
    translation.code.op(W.i32AtLeast);
    translation.stopIf();
    this.get32(slot);
    translation.code.constant(3);
    translation.code.op(W.i32ShiftLeft);
  }

  private tableGet(): void {
    const { h, high, low } = this.instruction;
    this.indexed(h, low);
    this.translation.code.access(W.i64Load, 1, TABLES + 8 * high);
    this.translation.set(h);
  }

  /** Leaves four times the place behind the call; the stepper does the last return. */
  private return(): void {
    const { translation } = this;
    const { code } = translation;
    const { a } = this.instruction;
    translation.get(a);
    code.constant64(0, 32);
    code.op(W.i64ShiftRight, W.i64Eqz);
    translation.stopIf();
    this.get32(a);
    code.constant(3);
    code.op(W.i32ShiftLeft);
    translation.set(NEXT_FRAME);
    translation.get(a);
    code.constant64(0, 30);
    code.op(W.i64ShiftRight, W.i32Wrap);
    code.constant(-4);
    code.op(W.i32And);
  }

  /**
   * Enters a function, and leaves four times its place.
   * @param target Leaves the place.
   * @param link The slot of the link, counted from the present frame.
   * @param frame Leaves the slots that the function may touch.
   */
  private call(target: () => void, link: number, frame: () => void): void {
    const { translation } = this;
    const { code } = translation;
    const end = translation.temporary("end");
    this.frameSlots();
    frame();
    code.op(W.i32Add);
    code.tee(end);
    code.constant(STACK_SLOTS);
    code.op(W.i32Greater);
    translation.stopIf();
    code.get(end);
    translation.get(USED);
    code.get(end);
    translation.get(USED);
    code.op(W.i32Greater, W.select);
    translation.set(USED);
    code.constant64(this.place + 1, 0);
    translation.get(FRAME);
    code.constant(3);
    code.op(W.i32ShiftRight, W.i64Extend, W.i64Or);
    translation.set(link);
    translation.get(FRAME);
    code.constant(8 * this.instruction.h);
    code.op(W.i32Add);
    translation.set(NEXT_FRAME);
    target();
    code.constant(2);
    code.op(W.i32ShiftLeft);
  }

  /** Slots of the stack below the callee's frame. */
  private frameSlots(): void {
    const { code } = this.translation;
    this.translation.get(FRAME);
    code.constant(3);
    code.op(W.i32ShiftRight);
    code.constant(this.instruction.h);
    code.op(W.i32Add);
  }

  private callIndirect(): void {
    const { translation } = this;
    const { code } = translation;
    const { h, a, high, low } = this.instruction;
    const reference = translation.temporary("reference", true);
    this.indexed(h + (a & 0xffff), low);
    code.access(W.i64Load, 1, TABLES + 8 * high);
    code.set(reference);
    const link = this.links.get(a >>> 16);
    this.stopUnless(reference, 48, 0xffff, (a >>> 16) + 1);
    this.stopUnless(reference, 16, 0xff, link ?? -1);
    this.call(
      () => this.part(reference, 24, 0xffffff),
      h + (link ?? 0),
      () => this.part(reference, 0, 0xffff),
    );
  }

  /** Some bits of a reference. */
  private part(reference: number, from: number, mask: number): void {
    const { code } = this.translation;
    code.get(reference);
    code.constant64(0, from);
    code.op(W.i64ShiftRight, W.i32Wrap);
    code.constant(mask);
    code.op(W.i32And);
  }

  private stopUnless(reference: number, from: number, mask: number, value: number): void {
    this.part(reference, from, mask);
    this.translation.code.constant(value);
    this.translation.code.op(W.i32Ne);
    this.translation.stopIf();
  }

  private access(): void {
    const { translation } = this;
    const { code } = translation;
    const { op, h, low } = this.instruction;
    this.stopPastMemory();
    if (isStore(op)) this.stopIfShared();
    this.get32(h);
    if (!isStore(op)) {
      code.access(op, 0, low);
      if (!isWide(op)) code.op(W.i64Extend);
      return translation.set(h);
    }
    if (isWide(op)) translation.get(h + 1);
    else this.get32(h + 1);
    code.access(op, 0, low);
  }

  private stopPastMemory(): void {
    const { code } = this.translation;
    const { op, h, low } = this.instruction;
    const end = low + ACCESS_SIZES[op];
    this.get32(h);
    code.op(W.i64Extend);
    code.constant64(Math.floor(end / 2 ** 32), end | 0);
    code.op(W.i64Add);
    this.translation.get(SIZE);
    code.op(W.i64Greater);
    this.translation.stopIf();
  }

  /** The stepper does the first store to a page since somebody took its bytes, and what reaches into the next page. */
  private stopIfShared(): void {
    const { translation } = this;
    const { code } = translation;
    const { op, h, low } = this.instruction;
    const address = translation.temporary("address");
    this.get32(h);
    code.constant(low);
    code.op(W.i32Add);
    code.tee(address);
    code.constant(PAGE_BITS);
    code.op(W.i32ShiftRight);
    code.access(W.i32Load8, 1, GUARDS);
    translation.stopIf();
    if (ACCESS_SIZES[op] === 1) return;
    code.get(address);
    code.constant(PAGE - 1);
    code.op(W.i32And);
    code.constant(PAGE - ACCESS_SIZES[op]);
    code.op(W.i32Greater);
    translation.stopIf();
  }
}

/** Whether a load or store has a value of 64 bits. */
function isWide(op: number): boolean {
  return op === 0x29 || (op >= 0x30 && op <= 0x35) || op === 0x37 || op >= 0x3c;
}
