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
