/** Bytes as `0x` and lower-case hexadecimal digits. */
export type Hex = `0x${string}`;
