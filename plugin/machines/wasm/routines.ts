import type { FunctionBody, FunctionType, ValueType } from "./module.js";
import { isMemoryAccess, opcodeName } from "./opcodes.js";

/** What stands for an instruction that the machine does not have: a function of the core set with its operands as parameters. */
export interface Routine {
  readonly type: FunctionType;
  readonly body: FunctionBody;
}

/** Ends in a trap unless the bytes at the address in local `pointer`, as many as local 2 says, are in memory. */
const check = (pointer: number): string => `
  local.get ${pointer} i64.extend_i32_u local.get 2 i64.extend_i32_u i64.add
  memory.size i64.extend_i32_u i64.const 16 i64.shl i64.gt_u if unreachable end`;

const add = (local: number, value: number): string =>
  `local.get ${local} i32.const ${value} i32.add local.set ${local}`;

/** Repeats `body` while local 2 is at least `size`. */
const whileLeft = (size: number, body: string): string =>
  `block loop local.get 2 i32.const ${size} i32.lt_u br_if 1 ${body} br 0 end end`;

/** `memory.fill(to, value, length)`: checked before anything is written, then eight bytes at a time. */
const FILL = `
  ${check(0)}
  local.get 1 i32.const 255 i32.and i64.extend_i32_u i64.const 72340172838076673 i64.mul local.set 3
  ${whileLeft(8, `local.get 0 local.get 3 i64.store ${add(0, 8)} ${add(2, -8)}`)}
  ${whileLeft(1, `local.get 0 local.get 1 i32.store8 ${add(0, 1)} ${add(2, -1)}`)}
  end`;

/** One chunk from the front. What it overwrites of the source was read before, since the target is lower. */
const forward = (size: number, load: string, store: string): string =>
  whileLeft(size, `local.get 0 local.get 1 ${load} ${store} ${[add(0, size), add(1, size), add(2, -size)].join(" ")}`);

/** One chunk from the end, for a target that is higher. */
const backward = (size: number, load: string, store: string): string =>
  whileLeft(size, `${add(2, -size)} local.get 0 local.get 2 i32.add local.get 1 local.get 2 i32.add ${load} ${store}`);

/** `memory.copy(to, from, length)`, whose ranges may overlap. */
const COPY = `
  ${check(0)} ${check(1)}
  local.get 0 local.get 1 i32.le_u if
    ${forward(8, "i64.load", "i64.store")} ${forward(1, "i32.load8_u", "i32.store8")} return
  end
  ${backward(8, "i64.load", "i64.store")} ${backward(1, "i32.load8_u", "i32.store8")}
  end`;

const OPCODES = new Map(Array.from({ length: 0xc5 }, (_, opcode) => [opcodeName(opcode), opcode]));

/** The bulk instructions that the machine has by way of a routine. */
export const routines = { memoryCopy: routine(COPY, []), memoryFill: routine(FILL, ["i64"]) } as const;

function routine(text: string, locals: readonly ValueType[]): Routine {
  const bytes = Uint8Array.from(assembleText(text));
  return {
    type: { parameters: ["i32", "i32", "i32"], results: [] },
    body: { bytes, locals, start: 0, end: bytes.length },
  };
}

/** The bytes of instructions in text, of which only constants, indices and empty block types have immediates. */
function assembleText(text: string): number[] {
  const words = text.trim().split(/\s+/)[Symbol.iterator]();
  const bytes: number[] = [];
  for (const word of words) {
    const opcode = OPCODES.get(word);
    if (opcode === undefined) throw new Error(`no instruction ${word}`);
    bytes.push(opcode);
    if (opcode >= 0x02 && opcode <= 0x04) bytes.push(0x40);
    else if (isMemoryAccess(opcode)) bytes.push(0, 0);
    else if (opcode === 0x3f) bytes.push(0);
    else if (/const$|^br|^local/.test(word)) bytes.push(...signedLeb(BigInt(String(words.next().value))));
  }
  return bytes;
}

/** Small indices are the same signed and unsigned. */
function signedLeb(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  return rest === (low & 0x40 ? -1n : 0n) ? [low] : [low | 0x80, ...signedLeb(rest)];
}
