import { W } from "../translate/code.js";
import type { Translation } from "../translate/translation.js";

/** What an opcode takes and gives. */
interface Shape {
  readonly operands: 1 | 2;
  readonly takesWide: boolean;
  readonly givesWide: boolean;
}

/** Opcodes from one to another that have a shape. */
type Range = readonly [first: number, last: number, shape: Shape];

const shape = (operands: 1 | 2, takesWide: boolean, givesWide = takesWide): Shape => ({
  operands,
  takesWide,
  givesWide,
});

const RANGES: readonly Range[] = [
  [0x45, 0x45, shape(1, false)],
  [0x46, 0x4f, shape(2, false)],
  [0x50, 0x50, shape(1, true, false)],
  [0x51, 0x5a, shape(2, true, false)],
  [0x67, 0x69, shape(1, false)],
  [0x6a, 0x78, shape(2, false)],
  [0x79, 0x7b, shape(1, true)],
  [0x7c, 0x8a, shape(2, true)],
  [0xa7, 0xa7, shape(1, true, false)],
  [0xac, 0xad, shape(1, false, true)],
  [0xc0, 0xc1, shape(1, false)],
  [0xc2, 0xc4, shape(1, true)],
];

function shapeOf(op: number): Shape | undefined {
  return RANGES.find(([first, last]) => first <= op && op <= last)?.[2];
}

/** Whether it is an instruction on integers that translated code has. */
export function isTranslated(op: number): boolean {
  return shapeOf(op) !== undefined;
}

/** A numeric instruction on the slots from `h` on. */
export function emitNumeric(translation: Translation, op: number, h: number): void {
  const { operands, takesWide, givesWide } = shapeOf(op)!;
  if (divides(op)) stopWithoutQuotient(translation, op, h);
  for (let at = 0; at < operands; at++) get(translation, h + at, takesWide);
  translation.code.op(op);
  if (!givesWide) translation.code.op(W.i64Extend);
  translation.set(h);
}

function get(translation: Translation, slot: number, wide: boolean): void {
  translation.get(slot);
  if (!wide) translation.code.op(W.i32Wrap);
}

function divides(op: number): boolean {
  return (op >= 0x6d && op <= 0x70) || (op >= 0x7f && op <= 0x82);
}

/** The stepper traps where a division has no result. */
function stopWithoutQuotient(translation: Translation, op: number, h: number): void {
  const { code } = translation;
  const wide = op >= 0x7f;
  get(translation, h + 1, wide);
  code.op(wide ? W.i64Eqz : W.i32Eqz);
  translation.stopIf();
  if (op !== 0x6d && op !== 0x7f) return;
  equals(translation, h, wide, wide ? [-0x80000000, 0] : [-1, -0x80000000]);
  equals(translation, h + 1, wide, [-1, -1]);
  code.op(W.i32And);
  translation.stopIf();
}

function equals(translation: Translation, slot: number, wide: boolean, [high, low]: readonly [number, number]): void {
  get(translation, slot, wide);
  if (wide) translation.code.constant64(high, low);
  else translation.code.constant(low);
  translation.code.op(wide ? W.i64Eq : W.i32Eq);
}
