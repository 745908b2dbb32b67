import { BLOB_GAS } from "../node/blobFees.js";

/** A whole number with its thousands apart: `1,234,567`. */
export function formatCount(count: bigint | number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A hash or an address short enough for a table: `0x1234abcd..9f01`. */
export function formatHash(hash: string): string {
  return hash.length <= 18 ? hash : `${hash.slice(0, 10)}..${hash.slice(-4)}`;
}

/** JSON with bigints as decimal strings, indented: what `--json` prints. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) => (typeof nested === "bigint" ? nested.toString() : nested), 2);
}

/** A number of blobs, by their blob gas: `1 blob`, `6 blobs`. */
export function formatBlobs(blobGas: bigint): string {
  const blobs = blobGas / BLOB_GAS;
  return `${blobs} ${blobs === 1n ? "blob" : "blobs"}`;
}
