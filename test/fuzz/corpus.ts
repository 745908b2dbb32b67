import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

import type { Kind } from "./generate.js";

const FILES: Readonly<Record<Kind, string>> = {
  integers: fileURLToPath(new URL("./corpus.bin.br", import.meta.url)),
  floats: fileURLToPath(new URL("./floats.bin.br", import.meta.url)),
  references: fileURLToPath(new URL("./references.bin.br", import.meta.url)),
};

/** A generated module with the seed that makes it again. */
export interface CorpusEntry {
  readonly seed: number;
  readonly module: Uint8Array;
}

/** Each entry is `seed u32 | length u32 | module`, the whole compressed. */
export function writeCorpus(kind: Kind, entries: readonly CorpusEntry[]): void {
  const parts = entries.flatMap(({ seed, module }) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(seed);
    head.writeUInt32BE(module.length, 4);
    return [head, module];
  });
  writeFileSync(FILES[kind], brotliCompressSync(Buffer.concat(parts)));
}

export function readCorpus(kind: Kind = "integers"): CorpusEntry[] {
  const bytes = brotliDecompressSync(readFileSync(FILES[kind]));
  const entries: CorpusEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const [seed, length] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    entries.push({ seed, module: new Uint8Array(bytes.subarray(at + 8, at + 8 + length)) });
    at += 8 + length;
  }
  return entries;
}
