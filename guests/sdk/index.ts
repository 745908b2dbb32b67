export { findRecord, isInUse, useRecord } from "./addressTable";
export { ecrecover, hashPair, keccak256, sha256 } from "./crypto";
export { BATCH, DEPOSIT, Input, MESSAGE } from "./input";
export { reserveBlock, reserveWord, wordOf } from "./memory";
export { MerkleTree, reserveTree, TREE_CAPACITY } from "./merkleTree";
export { log, publish, reject } from "./output";
export { Preimage } from "./preimage";
export { Word, WORD } from "./word";
