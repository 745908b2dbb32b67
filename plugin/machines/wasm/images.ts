import { MerkleTree } from "../merkle.js";
import { SLOTS_PER_LEAF } from "./instruction.js";
import type { LoweredModule } from "./lower.js";
import { typeIndexOf } from "./module.js";
import { encodeReference } from "./reference.js";
import type { SlotValue } from "./regions.js";

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

/** The memory's bytes at its start: the data segments, in their order. */
export function initialMemory({ module }: LoweredModule): Uint8Array {
  const extent = Math.max(0, ...module.data.map(({ offset, data }) => offset + data.length));
  const bytes = new Uint8Array(extent);
  for (const { offset, data } of module.data) bytes.set(data, offset);
  return bytes;
}

/** The tree of globals and regions at its start. */
export function initialTables(lowered: LoweredModule): MerkleTree {
  const { module, regions } = lowered;
  const globals = module.globals.map(({ value }) => value);
  const parts = [{ base: 0, contents: globals }, ...regions];
  const extents = parts.map(({ base, contents }) => base + contents.length);
  const view = new DataView(new ArrayBuffer(Math.max(...extents) * 8));
  for (const { base, contents } of parts) {
    contents.forEach((value, index) => view.setBigUint64((base + index) * 8, slotOf(lowered, value)));
  }
  return MerkleTree.of(depthFor(slotCount(lowered) / SLOTS_PER_LEAF), new Uint8Array(view.buffer));
}

/** How many slots globals and regions have. */
export function slotCount({ module, regions }: LoweredModule): number {
  return Math.max(module.globals.length, ...regions.map(({ base, size }) => base + size));
}

/**
 * The 64 bits of what a global or a region's slot holds at first.
 * @throws {UnsupportedModuleError} if a function cannot be referred to.
 */
export function slotOf({ module, layouts, typeNumbers }: LoweredModule, value: SlotValue): bigint {
  if (typeof value === "bigint") return value;
  return encodeReference(typeNumbers[typeIndexOf(module, value.function)], layouts[value.function]);
}
