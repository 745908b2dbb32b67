import { skipImmediates } from "../instructions.js";
import type { FunctionBody } from "../module.js";
import { PREFIX } from "../opcodes.js";
import { Reader } from "../reader.js";

/** What a module's code does to tables and segments, by their indices. */
export interface Usage {
  readonly grownTables: ReadonlySet<number>;
  readonly readElements: ReadonlySet<number>;
  readonly droppedElements: ReadonlySet<number>;
  readonly readData: ReadonlySet<number>;
  readonly droppedData: ReadonlySet<number>;
}

export function usageOf(bodies: readonly FunctionBody[]): Usage {
  const sets = new Map([
    [PREFIX.tableGrow, new Set<number>()],
    [PREFIX.tableInit, new Set<number>()],
    [PREFIX.elemDrop, new Set<number>()],
    [PREFIX.memoryInit, new Set<number>()],
    [PREFIX.dataDrop, new Set<number>()],
  ] as [number, Set<number>][]);
  for (const body of bodies) {
    const reader = new Reader(body.bytes, body.start, body.end);
    while (!reader.done) {
      const opcode = reader.byte();
      const immediates = reader.offset;
      if (opcode === PREFIX.misc) sets.get(reader.u32())?.add(reader.u32());
      reader.offset = immediates;
      skipImmediates(reader, opcode);
    }
  }
  const of = (second: number): Set<number> => sets.get(second)!;
  return {
    grownTables: of(PREFIX.tableGrow),
    readElements: of(PREFIX.tableInit),
    droppedElements: of(PREFIX.elemDrop),
    readData: of(PREFIX.memoryInit),
    droppedData: of(PREFIX.dataDrop),
  };
}
