import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { versionedHash, type Kzg } from "../../plugin/blobs/kzg.js";
import type { Hex } from "../../plugin/hex.js";
import { blobOf, type Pattern } from "./blobs.js";

/** What a library computes of one blob. */
export interface KzgVector {
  readonly pattern: Pattern;
  readonly commitment: Hex;
  readonly versionedHash: Hex;
  /** Of a version 0 sidecar. */
  readonly proof: Hex;
  readonly openings: readonly { readonly index: number; readonly value: Hex; readonly proof: Hex }[];
  /** SHA-256 of the 128 cell proofs, one after the other. */
  readonly cells?: string;
}

/** The committed vectors' path: `scripts/kzgVectors.ts` made them with c-kzg. */
export const VECTORS = new URL("../blobs/vectors.json", import.meta.url);

/** Indices at the ends, beside the middle, and where few and many bits are reversed. */
export const INDICES = [0, 100, 2048, 4095];

/** The vectors that are committed. */
export async function readVectors(): Promise<KzgVector[]> {
  return JSON.parse(await readFile(VECTORS, "utf8")) as KzgVector[];
}

/** One blob's vector by `kzg`; cell proofs take long in JavaScript and are left out unless asked for. */
export async function computeVector(kzg: Kzg, pattern: Pattern, withCells: boolean): Promise<KzgVector> {
  const blob = blobOf(pattern);
  const commitment = await kzg.commit(blob);
  const openings = await kzg.openAll(blob, INDICES);
  return {
    pattern,
    commitment,
    versionedHash: versionedHash(commitment),
    proof: await kzg.prove(blob, commitment),
    openings: openings.map((opening, at) => ({ index: INDICES[at], ...opening })),
    ...(withCells && { cells: await cellsDigest(kzg, blob) }),
  };
}

/** SHA-256 of a blob's cell proofs. */
export async function cellsDigest(kzg: Kzg, blob: Uint8Array): Promise<string> {
  const proofs = await kzg.cells(blob);
  return createHash("sha256").update(proofs.join("")).digest("hex");
}
