import { MerkleTree } from "../merkle.js";
import { GenesisError } from "./errors.js";
import { SLOTS_PER_LEAF } from "./instruction.js";
import type { LoweredModule } from "./lower.js";

/** Bytes of a WebAssembly page. */
export const WASM_PAGE = 65_536;

/** The least depth of a tree that holds `leaves` leaves. */
export function depthFor(leaves: number): number {
  let depth = 0;
  while (2 ** depth < leaves) depth++;
  return depth;
}

/** Depth of the memory's tree: what the declared maximum needs, at least one page. */
export function memoryDepth(maximumPages: number): number {
  return depthFor(Math.max(1, maximumPages) * (WASM_PAGE / 32));
}

/**
 * The memory's bytes at its start: the data segments, in their order.
 * @throws {GenesisError} if a segment does not fit.
 */
export function initialMemory({ module }: LoweredModule): Uint8Array {
  const size = (module.memory?.minimum ?? 0) * WASM_PAGE;
  const extent = Math.max(0, ...module.data.map(({ offset, data }) => offset + data.length));
  if (extent > size) throw new GenesisError(`a data segment ends at ${extent}, behind the memory of ${size} bytes`);
  const bytes = new Uint8Array(extent);
  for (const { offset, data } of module.data) bytes.set(data, offset);
  return bytes;
}

/** The tree of globals and tables at its start. */
export function initialTables(lowered: LoweredModule): MerkleTree {
  const { module, tables } = lowered;
  const last = tables[tables.length - 1];
  const globalLeaves = Math.ceil(module.globals.length / SLOTS_PER_LEAF);
  const leaves = last === undefined ? globalLeaves : last.leaf + last.size;
  const elements = tableBytes(lowered);
  const bytes = new Uint8Array(Math.max(globalLeaves * 32, elements.length));
  bytes.set(elements);
  const view = new DataView(bytes.buffer);
  module.globals.forEach(({ value }, index) => view.setBigUint64(index * 8, value));
  return MerkleTree.of(depthFor(leaves), bytes);
}

/** The leaves up to the last element that a segment sets; those of globals are zero. */
function tableBytes({ module, tables, layouts, typeNumbers }: LoweredModule): Uint8Array {
  const extents = module.elements.map(({ table, offset, functions }) => tables[table].leaf + offset + functions.length);
  const bytes = new Uint8Array(Math.max(0, ...extents) * 32);
  const view = new DataView(bytes.buffer);
  for (const { table, offset, functions } of module.elements) {
    functions.forEach((index, position) => {
      const at = (tables[table].leaf + offset + position) * 32;
      bytes.fill(0, at, at + 32);
      if (index === null) return;
      const { entry, link, frame } = layouts[index];
      const imported = module.imports.length;
      const type = index < imported ? module.imports[index].type : module.functions[index - imported];
      [typeNumbers[type] + 1, entry, link, frame].forEach((value, word) => view.setUint32(at + 4 * word, value));
    });
  }
  return bytes;
}
