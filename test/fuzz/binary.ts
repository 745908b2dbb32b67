/** A module's sections by kind, in the order of the format; custom ones are left out. */
export type Sections = Map<number, Uint8Array>;

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Kinds in the order in which a module has them. */
const ORDER = [1, 2, 3, 4, 5, 13, 14, 6, 7, 8, 9, 12, 10, 11];

export function unsigned(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = rest === (low & 0x40 ? -1n : 0n);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

export function named(name: string): number[] {
  return [...unsigned(name.length), ...Buffer.from(name, "latin1")];
}

export function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** An item behind its length in bytes. */
export function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

export function assembleModule(sections: Sections): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(MAGIC)];
  for (const kind of ORDER) {
    const content = sections.get(kind);
    if (content !== undefined) parts.push(Uint8Array.from([kind, ...unsigned(content.length)]), content);
  }
  return new Uint8Array(Buffer.concat(parts));
}
