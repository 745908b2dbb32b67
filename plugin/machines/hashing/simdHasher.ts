import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PACKAGE_ROOT } from "../../packageRoot.js";
import { JOB_CAPACITY, NODE_CAPACITY, NODE_SIZE, type NodeHasher } from "./nodeHasher.js";

/** The compiled `native/keccak/keccak.c`. */
export const KECCAK_MODULE: string = join(PACKAGE_ROOT, "native", "keccak", "keccak.wasm");

const WASM_PAGE = 65_536;

/** The module's own data lie in its first page, the nodes in those that follow it, the jobs behind them. */
const NODES = WASM_PAGE;
const JOBS = NODES + NODE_CAPACITY * NODE_SIZE;
const END = JOBS + 2 * JOB_CAPACITY * Uint32Array.BYTES_PER_ELEMENT;

interface KeccakExports {
  readonly memory: WebAssembly.Memory;
  hashLevel(source: number, target: number, count: number): void;
  hashBytes(source: number, length: number, target: number): void;
  hashListed(nodes: number, jobs: number, count: number): void;
}

/**
 * A hasher that computes two nodes at once with WebAssembly's vectors.
 * @param module The compiled `keccak.c`.
 * @returns undefined where the engine has no WebAssembly, or none with vectors.
 */
export function makeSimdHasher(module: Uint8Array = readFileSync(KECCAK_MODULE)): NodeHasher | undefined {
  const engine = (globalThis as { WebAssembly?: typeof WebAssembly }).WebAssembly;
  if (engine === undefined || !engine.validate(module)) return undefined;
  const keccak = new engine.Instance(new engine.Module(module)).exports as unknown as KeccakExports;
  keccak.memory.grow(Math.ceil(END / WASM_PAGE) - keccak.memory.buffer.byteLength / WASM_PAGE);
  const { buffer } = keccak.memory;
  return {
    nodes: new Uint8Array(buffer, NODES, NODE_CAPACITY * NODE_SIZE),
    jobs: new Uint32Array(buffer, JOBS, 2 * JOB_CAPACITY),
    hashLevel: (children, parents, count) =>
      keccak.hashLevel(NODES + children * NODE_SIZE, NODES + parents * NODE_SIZE, count),
    hashBytes: (length, hash) => keccak.hashBytes(NODES, length, NODES + hash * NODE_SIZE),
    hashListed: (count) => keccak.hashListed(NODES, JOBS, count),
  };
}
