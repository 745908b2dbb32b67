import fc from "fast-check";

import { FUNCTIONS, OPERATIONS, type Operation } from "./subject.js";

/** A call of an operation with numbers: of a function or of something foreign, 0 stands for null. */
export interface Call {
  readonly operation: Operation;
  readonly args: readonly number[];
}

const INDEX = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 10, arbitrary: fc.nat(14) },
  { weight: 2, arbitrary: fc.constantFrom(43, 44, 65_535, 65_536, -1, -(2 ** 31), 2 ** 31 - 1) },
);
const ADDRESS = fc.oneof(fc.nat(70), fc.integer({ min: 65_500, max: 65_540 }), fc.constantFrom(-1, 131_060, 196_608));
const LENGTH = fc.oneof(fc.nat(6), fc.nat(50), fc.constant(0), fc.constantFrom(-1, 65_536));
const PAGES = fc.constantFrom(0, 0, 1, 2, -1);

function argument(operation: Operation, index: number): fc.Arbitrary<number> {
  const type = operation.parameters[index];
  if (type === "funcref") return fc.nat(FUNCTIONS);
  if (type === "externref") return fc.nat(9);
  if (operation.name === "grow memory") return PAGES;
  if (operation.name.startsWith("grow")) return fc.oneof(fc.nat(3), fc.nat(3), fc.constantFrom(14, -1));
  const isMemory = operation.text.startsWith("memory");
  if (index === 2) return isMemory ? LENGTH : fc.oneof(fc.nat(5), INDEX);
  if (isMemory && index === 0) return ADDRESS;
  return operation.name === "copy memory" ? ADDRESS : INDEX;
}

/** Calls as they come, with arguments that are mostly within bounds and often at their edge. */
export const CALL: fc.Arbitrary<Call> = fc
  .constantFrom(...OPERATIONS)
  .chain((operation) =>
    fc
      .tuple(...operation.parameters.map((_, index) => argument(operation, index)))
      .map((args) => ({ operation, args })),
  );
