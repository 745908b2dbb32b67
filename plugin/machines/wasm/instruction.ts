/** Opcodes of the machine where they are not WebAssembly's, or mean something else. Loads, stores and numeric instructions keep theirs. */
export const Op = {
  unreachable: 0x00,
  jumpUnless: 0x04,
  jump: 0x0c,
  jumpIf: 0x0d,
  jumpTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  select: 0x1b,
  copy: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  constant: 0x42,
  host: 0xf0,
} as const;

/** One instruction: `op u8 | h u24 | a u32 | b u64` in 16 bytes. `b` is held as two halves. */
export interface Instruction {
  readonly op: number;
  /** First operand's slot, counted from the frame. */
  readonly h: number;
  readonly a: number;
  /** High and low half of `b`, unsigned. */
  readonly high: number;
  readonly low: number;
}

/** Bytes of an instruction. */
export const INSTRUCTION_SIZE = 16;

/** Slots of a leaf of the stack, and of globals and regions. */
export const SLOTS_PER_LEAF = 4;

/** Depth of the stack region's tree, and its slots. */
export const STACK_DEPTH = 14;
export const STACK_SLOTS = SLOTS_PER_LEAF * 2 ** STACK_DEPTH;

/** The bytes of a program's code: two instructions to a leaf, the even one first. */
export function encodeCode(code: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(code.length * INSTRUCTION_SIZE);
  const view = new DataView(bytes.buffer);
  code.forEach(({ op, h, a, high, low }, index) => {
    const at = index * INSTRUCTION_SIZE;
    view.setUint32(at, op * 2 ** 24 + h);
    view.setUint32(at + 4, a);
    view.setUint32(at + 8, high);
    view.setUint32(at + 12, low);
  });
  return bytes;
}
