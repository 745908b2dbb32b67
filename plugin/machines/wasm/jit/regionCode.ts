import type { Instruction } from "../instruction.js";
import { SLOT_PAGE_BITS } from "../slots.js";
import { signed, unsigned } from "./binary.js";
import type { Locals } from "./locals.js";
import type { RegionPlan } from "./regionPlan.js";
import type { SegmentedCode } from "./segmentedCode.js";

const [IF, END, UNREACHABLE, EMPTY] = [0x04, 0x0b, 0x00, 0x40];

/** The memory that has the slots: the third. */
const SLOTS_MEMORY = 2;

/** How an access names that memory, with its alignment. */
const IN_SLOTS = 0x40;

/** Takes an index and gives the slot; number `at` of the flat code. */
export function tableGet(out: SegmentedCode, locals: Locals, instruction: Instruction, at: number): void {
  const index = unsigned(locals.address);
  out.put(0x21, ...index);
  checkIndex(out, locals, instruction, at);
  out.put(...loadSlot(locals, instruction));
}

/** Takes an index and a slot; changes the one and marks its page. */
export function tableSet(
  out: SegmentedCode,
  locals: Locals,
  instruction: Instruction,
  at: number,
  plan: RegionPlan,
): void {
  const [index, value] = [unsigned(locals.address), unsigned(locals.wide)];
  out.put(0x21, ...value, 0x21, ...index);
  checkIndex(out, locals, instruction, at);
  out.put(...placeOf(locals), 0x20, ...value, 0x37, IN_SLOTS | 3, SLOTS_MEMORY, ...unsigned(8 * instruction.high));
  out.put(0x20, ...index, 0x41, ...signed(instruction.high), 0x6a, 0x41, SLOT_PAGE_BITS, 0x76);
  out.put(0x41, 1, 0x3a, IN_SLOTS, SLOTS_MEMORY, ...unsigned(plan.marksAt));
}

/** The place in the flat code of the function to which the slot refers whose index is in `locals.address`; 0 if it is null. */
export function targetOf(out: SegmentedCode, locals: Locals, instruction: Instruction): void {
  out.put(...loadSlot(locals, instruction), 0x42, 24, 0x88, 0xa7, 0x41, ...signed(0xffffff), 0x71);
}

/** Traps unless the index in `locals.address` is the region's. */
export function checkIndex(out: SegmentedCode, locals: Locals, { low }: Instruction, at: number): void {
  out.put(0x20, ...unsigned(locals.address), 0x41, ...signed(low), 0x4f, IF, EMPTY);
  out.mark(at);
  out.put(UNREACHABLE, END);
}

function loadSlot(locals: Locals, { high }: Instruction): number[] {
  return [...placeOf(locals), 0x29, IN_SLOTS | 3, SLOTS_MEMORY, ...unsigned(8 * high)];
}

/** Of the indexed slot in the memory, from the region's first. */
function placeOf(locals: Locals): number[] {
  return [0x20, ...unsigned(locals.address), 0x41, 3, 0x74];
}
