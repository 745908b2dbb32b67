import type { DataAtStart } from "../coreModule.js";
import type { SlotValue } from "../regions.js";
import type { TrapCause } from "../../traps.js";
import type { BoundModule } from "./imports.js";

/** Bytes of a WebAssembly page. */
const PAGE = 65_536;

/** Why a module cannot be instantiated. */
export interface Failure {
  readonly trap: TrapCause;
  readonly reason: string;
}

/** What tables and memory hold once the active segments are applied: in their order, up to the first that does not fit. */
export interface Contents {
  /** By table; what is not reached is null. */
  readonly tables: readonly (readonly SlotValue[])[];
  readonly data: readonly DataAtStart[];
  readonly failure: Failure | undefined;
}

/** Applies the active segments, those of elements first. */
export function applySegments(module: BoundModule): Contents {
  const tables = module.tables.map(({ contents }) => [...contents]);
  const before = { offset: 0, data: module.memoryBefore };
  const data: DataAtStart[] = before.data.length > 0 ? [before] : [];
  const failure = applyElements(module, tables) ?? applyData(module, data);
  return { tables, data, failure };
}

function applyElements(module: BoundModule, tables: readonly SlotValue[][]): Failure | undefined {
  for (const { mode, table, offset, items } of module.elements) {
    if (mode !== "active") continue;
    const size = module.tables[table].minimum;
    if (offset + items.length > size) {
      const reason = `an element segment ends at ${offset + items.length}, behind its table of ${size}`;
      return { trap: "out of bounds table access", reason };
    }
    while (tables[table].length < offset) tables[table].push(0n);
    items.forEach((item, position) => (tables[table][offset + position] = item));
  }
  return undefined;
}

function applyData(module: BoundModule, applied: DataAtStart[]): Failure | undefined {
  const size = (module.memory?.minimum ?? 0) * PAGE;
  for (const { mode, offset, data } of module.segments) {
    if (mode !== "active") continue;
    const end = offset + data.length;
    if (end > size) {
      const reason = `a data segment ends at ${end}, behind the memory of ${size} bytes`;
      return { trap: "out of bounds memory access", reason };
    }
    applied.push({ offset, data });
  }
  return undefined;
}
