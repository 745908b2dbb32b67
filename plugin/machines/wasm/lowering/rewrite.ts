import { skipImmediates } from "../instructions.js";
import type { FunctionBody } from "../module.js";
import { Reader } from "../reader.js";

/**
 * Gives what stands for an instruction, undefined where it stays as it is.
 * @param reader Is behind the opcode. The immediates may be read; what follows starts behind them in any case.
 */
export type Rewriter = (opcode: number, reader: Reader) => readonly number[] | undefined;

/** A body with some instructions replaced; the same body if none is. */
export function rewriteBody(body: FunctionBody, rewrite: Rewriter): FunctionBody {
  const reader = new Reader(body.bytes, body.start, body.end);
  const parts: Uint8Array[] = [];
  let kept = body.start;
  while (!reader.done) {
    const start = reader.offset;
    const opcode = reader.byte();
    const replacement = rewrite(opcode, reader);
    reader.offset = start + 1;
    skipImmediates(reader, opcode);
    if (replacement === undefined) continue;
    parts.push(body.bytes.subarray(kept, start), Uint8Array.from(replacement));
    kept = reader.offset;
  }
  if (parts.length === 0) return body;
  parts.push(body.bytes.subarray(kept, body.end));
  const bytes = new Uint8Array(Buffer.concat(parts));
  return { ...body, bytes, start: 0, end: bytes.length };
}

/** A number as unsigned LEB128. */
export function unsignedLeb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsignedLeb(Math.floor(value / 0x80))];
}

/** A number as signed LEB128. */
export function signedLeb(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  return rest === (low & 0x40 ? -1n : 0n) ? [low] : [low | 0x80, ...signedLeb(rest)];
}
