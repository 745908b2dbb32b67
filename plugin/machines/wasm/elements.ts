import type { MerkleTree } from "../merkle.js";
import type { Elements, TableElement } from "./stepper.js";

const NULL_ELEMENT: TableElement = { type: 0, target: 0, link: 0, frame: 0 };

/** Reads elements of tables from their leaves: `type + 1 u32 | target u32 | link u32 | frame u32 | zeros`. They never change. */
export function elementReader(tables: MerkleTree): Elements {
  const known = new Map<number, TableElement>();
  return (leaf) => {
    let element = known.get(leaf);
    if (element === undefined) {
      element = decodeElement(tables.leaf(leaf));
      known.set(leaf, element);
    }
    return element;
  };
}

function decodeElement(leaf: Uint8Array): TableElement {
  const view = new DataView(leaf.buffer, leaf.byteOffset);
  const type = view.getUint32(0);
  return type === 0
    ? NULL_ELEMENT
    : { type, target: view.getUint32(4), link: view.getUint32(8), frame: view.getUint32(12) };
}
