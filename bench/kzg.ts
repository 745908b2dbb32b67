import { BLOB_BYTES, FIELD_ELEMENTS, type Kzg } from "../plugin/blobs/kzg.js";
import { libraries } from "../plugin/blobs/libraries.js";

const RUNS = 3;

/** Distinct elements of the blobs that are measured, before the one that all others equal. */
const BLOBS: Record<string, number> = { full: FIELD_ELEMENTS, idle: 100 };

/** Milliseconds of each operation of each library that is installed, the fastest of some runs, by `<library>.<operation>.<blob>`. */
export async function benchKzg(): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const [library, load] of Object.entries(libraries)) {
    const kzg = await load();
    if (kzg) await benchLibrary(library, kzg, times);
  }
  return times;
}

async function benchLibrary(library: string, kzg: Kzg, times: Record<string, number>): Promise<void> {
  times[`${library}.load`] = await milliseconds(() => kzg.commit(new Uint8Array(BLOB_BYTES)));
  for (const [name, distinct] of Object.entries(BLOBS)) {
    const measure = async (operation: string, once: (blob: Uint8Array) => Promise<unknown>): Promise<void> => {
      const taken = [];
      for (let run = 0; run < RUNS; run++)
        taken.push(await milliseconds(() => once(blobOf(distinct, operation + run))));
      times[`${library}.${operation}.${name}`] = Math.min(...taken);
    };
    const commitment = await kzg.commit(blobOf(distinct, "verified"));
    const opening = await kzg.open(blobOf(distinct, "verified"), 7);
    await measure("commit", (blob) => kzg.commit(blob));
    await measure("prove", (blob) => kzg.prove(blob, commitment));
    await measure("open", (blob) => kzg.open(blob, 7));
    await measure("openLast", (blob) => kzg.open(blob, FIELD_ELEMENTS - 1));
    await measure("openTwo", (blob) => kzg.openAll(blob, [7, 8]));
    await measure("verify", () => kzg.verify(commitment, 7, opening));
  }
  times[`${library}.cells.full`] = await milliseconds(() => kzg.cells(blobOf(FIELD_ELEMENTS, "cells")));
}

/** A blob that nobody has computed anything of. */
function blobOf(distinct: number, seed: string): Uint8Array {
  const blob = new Uint8Array(BLOB_BYTES);
  let state = [...seed].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), distinct);
  for (let at = 0; at < 32 * distinct; at++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    if (at % 32 > 0) blob[at] = state >>> 24;
  }
  for (let index = distinct; index < FIELD_ELEMENTS; index++)
    blob.copyWithin(32 * index, 32 * (distinct - 1), 32 * distinct);
  return blob;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
