import { keccak_256 } from "@noble/hashes/sha3.js";

import { JOB_CAPACITY, NODE_CAPACITY, NODE_SIZE, type NodeHasher } from "./nodeHasher.js";

/** A hasher in plain JavaScript: slow, runs everywhere, and is what the fast one is checked against. */
export function makeNobleHasher(): NodeHasher {
  const nodes = new Uint8Array(NODE_CAPACITY * NODE_SIZE);
  const jobs = new Uint32Array(2 * JOB_CAPACITY);
  const hashNode = (children: number, parent: number): void => {
    nodes.set(keccak_256(nodes.subarray(children * NODE_SIZE, (children + 2) * NODE_SIZE)), parent * NODE_SIZE);
  };
  return {
    nodes,
    jobs,
    hashLevel(children, parents, count) {
      for (let i = 0; i < count; i++) hashNode(children + 2 * i, parents + i);
    },
    hashBytes(length, hash) {
      nodes.set(keccak_256(nodes.subarray(0, length)), hash * NODE_SIZE);
    },
    hashListed(count) {
      for (let i = 0; i < count; i++) hashNode(jobs[2 * i], jobs[2 * i + 1]);
    },
  };
}
