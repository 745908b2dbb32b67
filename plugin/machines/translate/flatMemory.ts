import { W } from "./code.js";
import { CODE_BITS, GUARDS } from "./layout.js";
import type { Translation } from "./translation.js";

/** Bits of an address within a page that is guarded. */
const PAGE_BITS = 12;

/** What `GUARDS` has of a page of which only code is kept. */
const WATCHED = 2;

/** Puts the address of a load or store into a local: a register, of which the first is always 0, and an offset. */
export function address(translation: Translation, register: number, offset: number): number {
  const { code } = translation;
  const local = translation.temporary("address");
  if (register !== 0) translation.get(register);
  if (register === 0 || offset !== 0) code.constant(offset);
  if (register !== 0 && offset !== 0) code.op(W.i32Add);
  code.set(local);
  return local;
}

/** The stepper does what reaches past the last byte of memory, behind which comes the first. */
export function stopAtEnd(translation: Translation, local: number, size: number): void {
  if (size === 1) return;
  translation.code.get(local);
  translation.code.constant(-size);
  translation.code.op(W.i32Greater);
  translation.stopIf();
}

export function stopIfMisaligned(translation: Translation, local: number, size: number): void {
  if (size === 1) return;
  translation.code.get(local);
  translation.code.constant(size - 1);
  translation.code.op(W.i32And);
  translation.stopIf();
}

/** The stepper does the first store to a page since somebody took its bytes, and every store to code. */
export function stopIfGuarded(translation: Translation, local: number): void {
  const { code } = translation;
  const guard = translation.temporary("guard");
  code.get(local);
  code.constant(PAGE_BITS);
  code.op(W.i32ShiftRight);
  code.access(W.i32Load8, 1, GUARDS);
  code.tee(guard);
  translation.open(W.if);
  code.get(guard);
  code.constant(WATCHED);
  code.op(W.i32Ne);
  isCode(translation, local);
  code.op(W.i32Or);
  translation.stopIf();
  translation.close();
}

/** Whether something is kept of the code in the word of an address. */
function isCode({ code }: Translation, local: number): void {
  code.get(local);
  code.constant(5);
  code.op(W.i32ShiftRight);
  code.access(W.i32Load8, 1, CODE_BITS);
  code.get(local);
  code.constant(2);
  code.op(W.i32ShiftRight);
  code.constant(7);
  code.op(W.i32And, W.i32ShiftRight);
  code.constant(1);
  code.op(W.i32And);
}
