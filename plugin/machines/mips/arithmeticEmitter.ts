import { I32, W } from "../translate/code.js";
import type { Translation } from "../translate/translation.js";
import type { Instruction } from "./decode.js";
import { HIGH, LOW } from "./place.js";

/** `mult(u)`: the product to `hi` and `lo`. */
export function emitMultiply(translation: Translation, instruction: Instruction): void {
  product(translation, instruction);
  setHighAndLow(translation);
}

/** `madd(u)`, `msub(u)`: the product added to `hi` and `lo`, or taken off. */
export function emitAccumulate(translation: Translation, instruction: Instruction): void {
  const { code } = translation;
  translation.get(HIGH);
  code.op(W.i64Extend);
  code.constant64(0, 32);
  code.op(W.i64ShiftLeft);
  translation.get(LOW);
  code.op(W.i64Extend, W.i64Or);
  product(translation, instruction);
  code.op(instruction.name.startsWith("madd") ? W.i64Add : W.i64Subtract);
  setHighAndLow(translation);
}

/** `div(u)`; by zero both are 0. */
export function emitDivide(translation: Translation, { name, first, second }: Instruction): void {
  const { code } = translation;
  const unsigned = name === "divu";
  const [a, b] = [translation.temporary("dividend"), translation.temporary("divisor")];
  translation.get(first);
  code.set(a);
  translation.get(second);
  code.tee(b);
  translation.open(W.if);
  code.get(a);
  code.get(b);
  code.op(unsigned ? W.i32Remainder : W.i32RemainderSigned);
  translation.set(HIGH);
  if (unsigned) divide(translation, a, b, W.i32Divide);
  else divideSigned(translation, a, b);
  translation.set(LOW);
  code.op(W.else);
  code.constant(0);
  translation.set(HIGH);
  code.constant(0);
  translation.set(LOW);
  translation.close();
}

function divide({ code }: Translation, a: number, b: number, op: number): void {
  code.get(a);
  code.get(b);
  code.op(op);
}

/** The one quotient that has no place is the dividend, as in every division by -1 it is its opposite. */
function divideSigned(translation: Translation, a: number, b: number): void {
  const { code } = translation;
  code.get(b);
  code.constant(-1);
  code.op(W.i32Eq);
  translation.open(W.if, {}, I32);
  code.constant(0);
  code.get(a);
  code.op(W.i32Subtract, W.else);
  divide(translation, a, b, W.i32DivideSigned);
  translation.close();
}

function product(translation: Translation, { name, first, second }: Instruction): void {
  const extend = name.endsWith("u") ? W.i64Extend : W.i64ExtendSigned;
  translation.get(first);
  translation.code.op(extend);
  translation.get(second);
  translation.code.op(extend, W.i64Multiply);
}

/** Takes 64 bits from the stack. */
function setHighAndLow(translation: Translation): void {
  const { code } = translation;
  const wide = translation.temporary("wide", true);
  code.tee(wide);
  code.op(W.i32Wrap);
  translation.set(LOW);
  code.get(wide);
  code.constant64(0, 32);
  code.op(W.i64ShiftRight, W.i32Wrap);
  translation.set(HIGH);
}
