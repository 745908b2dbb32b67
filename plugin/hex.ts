/** Bytes as `0x` and lower-case hexadecimal digits. */
export type Hex = `0x${string}`;

/** The bytes that `hex` writes; its number of digits must be even. */
export function hexToBytes(hex: Hex): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), "hex"));
}

/** Bytes as text. */
export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** 32 zero bytes. */
export const ZERO_WORD: Hex = `0x${"00".repeat(32)}`;

/** `value`, at least 0 and below `2^256`, as one big-endian word. */
export function wordOf(value: bigint | number): Uint8Array {
  return hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
}
