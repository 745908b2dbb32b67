import { skipImmediates } from "./instructions.js";
import type { FunctionBody } from "./module.js";
import { Reader } from "./reader.js";

/**
 * The locals (parameters not counted) that code may read before it has set them, so that they must be zero at the entry. What
 * is set in a block counts until its end, since a branch may have left it before: the rule of WebAssembly's validation for
 * locals without a default value.
 */
export function zeroedLocals(body: FunctionBody, parameters: number): ReadonlySet<number> {
  const reader = new Reader(body.bytes, body.start, body.end);
  const zeroed = new Set<number>();
  const set = new Set<number>();
  const order: number[] = [];
  const starts: number[] = [];
  while (!reader.done) {
    const opcode = reader.byte();
    if (opcode >= 0x20 && opcode <= 0x22) {
      const local = reader.u32() - parameters;
      if (local < 0 || set.has(local)) continue;
      if (opcode === 0x20) zeroed.add(local);
      else order.push(local);
      set.add(local);
      continue;
    }
    skipImmediates(reader, opcode);
    if (opcode >= 0x02 && opcode <= 0x04) starts.push(order.length);
    else if (opcode === 0x05 || opcode === 0x0b) {
      const start = opcode === 0x05 ? starts[starts.length - 1] : (starts.pop() ?? 0);
      for (const local of order.splice(start)) set.delete(local);
    }
  }
  return zeroed;
}
