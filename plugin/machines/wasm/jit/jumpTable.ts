import type { Instruction } from "../instruction.js";
import { unsigned } from "./binary.js";
import { count } from "./counting.js";
import type { ModuleIndices } from "./moduleIndices.js";

const [BLOCK, END, EMPTY] = [0x02, 0x0b, 0x40];

/**
 * What each case of a jump table costs between the table's jump and its label: the copies and the jump of a stub, nothing if it goes there at
 * once. The table is `code[at]`, and everything that belongs to it ends before `end`.
 */
export function caseCosts(code: readonly Instruction[], cases: number, at: number, end: number): number[] {
  return Array.from({ length: cases }, (_, index) => {
    const target = code[at + 1 + index].a;
    if (target <= at || target >= end) return 0;
    let last = target;
    while (code[last].op === 0x20) last++;
    return last + 1 - target;
  });
}

/** Counts `costs[i]` steps where the operand is `i`, the last ones where it is greater; leaves the operand. The local, an i32, is for its own use. */
export function countByCase(costs: readonly number[], local: number, indices: ModuleIndices): number[] {
  const distinct = [...new Set(costs)];
  const operand = unsigned(local);
  const depths = costs.map((cost) => unsigned(distinct.indexOf(cost)));
  const opened = Array.from({ length: distinct.length + 1 }, () => [BLOCK, EMPTY]);
  const counted = distinct.map((cost, index) => [
    ...[END, ...count(cost, indices)],
    ...[0x0c, ...unsigned(distinct.length - 1 - index)],
  ]);
  return [
    ...[0x21, ...operand, ...opened.flat()],
    ...[0x20, ...operand, 0x0e, ...unsigned(costs.length - 1), ...depths.flat()],
    ...[...counted.flat(), END, 0x20, ...operand],
  ];
}
