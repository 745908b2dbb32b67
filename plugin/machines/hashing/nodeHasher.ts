/** Bytes of a node, which is a leaf or a hash. */
export const NODE_SIZE = 32;

/** Nodes that a hasher holds: 256 KiB stay in a core's own cache. */
export const NODE_CAPACITY = 8192;

/** Jobs that a hasher takes at once. */
export const JOB_CAPACITY = NODE_CAPACITY / 4;

/**
 * Makes nodes of Merkle trees from their children, many in one call: parent = keccak256(left child, right child). It works on nodes of its
 * own, counted from 0, that are free for anybody's use between calls; a parent must not be a child in the same call.
 */
export interface NodeHasher {
  /** The nodes, side by side. */
  readonly nodes: Uint8Array;
  /** The parents of the `2 * count` nodes from `children` on become the `count` nodes from `parents` on. */
  hashLevel(children: number, parents: number, count: number): void;
  /** keccak256 of the nodes' first `length` bytes becomes the node `hash`. */
  hashBytes(length: number, hash: number): void;
  /** What `hashListed` is to do, two numbers each: of the left child, whose right sibling follows it, and of the parent. */
  readonly jobs: Uint32Array;
  /** Does the first `count` jobs. */
  hashListed(count: number): void;
}
