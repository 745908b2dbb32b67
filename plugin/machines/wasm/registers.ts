import { bytesToHex, type Hex } from "../../hex.js";
import { hashParts } from "../hashing.js";
import { MerkleTree } from "../merkle.js";
import { slotCount } from "./images.js";
import { STACK_DEPTH, STACK_SLOTS } from "./instruction.js";
import { Memory } from "./memory.js";
import type { WasmProgram } from "./program.js";
import { Slots } from "./slots.js";

/** The core of a machine's state as trees and numbers, shared with whoever took it; never changes. */
export interface Core {
  readonly pc: number;
  readonly fp: number;
  readonly pages: number;
  readonly memory: MerkleTree;
  readonly stack: MerkleTree;
  readonly tables: MerkleTree;
  /** Slots of the stack that may not be zero end here. */
  readonly used: number;
}

/** What instructions work on. */
export class Registers {
  pc = 0;
  fp = 0;
  /** Slots of the stack that may not be zero end here. */
  used = 0;
  readonly memory: Memory;
  readonly stack: Slots;
  /** Globals, then regions. */
  readonly tables: Slots;
  /** So many slots of the tables may change without a mark. */
  private readonly globals: number;

  constructor(program: WasmProgram) {
    this.memory = new Memory(program.memoryDepth, program.minimumPages, program.memory);
    this.stack = new Slots(STACK_SLOTS, MerkleTree.empty(STACK_DEPTH));
    this.tables = new Slots(slotCount(program.lowered), program.tables);
    this.globals = program.lowered.module.globals.length;
  }

  /** The core as it is now. Cheap: pages that did not change are shared. */
  share(): Core {
    return {
      pc: this.pc,
      fp: this.fp,
      pages: this.memory.pages,
      memory: this.memory.share(),
      stack: this.stack.share(this.used),
      tables: this.shareTables(),
      used: this.used,
    };
  }

  /** The tree of globals and regions as they are now. */
  shareTables(): MerkleTree {
    return this.tables.share(this.globals);
  }

  restore(core: Core): void {
    this.pc = core.pc;
    this.fp = core.fp;
    this.memory.restore(core.memory, core.pages);
    this.stack.restore(core.stack, Math.max(this.used, core.used));
    this.tables.restore(core.tables, this.globals);
    this.used = core.used;
  }

  /** Empties the stack, as it is while the machine waits. */
  clearStack(): void {
    this.stack.restore(MerkleTree.empty(STACK_DEPTH), this.used);
    this.pc = 0;
    this.fp = 0;
    this.used = 0;
  }
}

/** `pc u32 | fp u32 | pages u32 | zeros`, 32 bytes. */
export function packRegisters({ pc, fp, pages }: Core): Uint8Array {
  const word = new Uint8Array(32);
  const view = new DataView(word.buffer);
  [pc, fp, pages].forEach((value, index) => view.setUint32(4 * index, value));
  return word;
}

/** The core of a machine that waits; undefined if it can be none. */
export function unpackWaiting(packed: Uint8Array, trees: readonly MerkleTree[]): Core | undefined {
  const [memory, stack, tables] = trees;
  if (packed.length !== 32 || trees.length !== 3 || stack.depth !== STACK_DEPTH) return undefined;
  const view = new DataView(packed.buffer, packed.byteOffset);
  const isWaiting = view.getUint32(0) === 0 && view.getUint32(4) === 0;
  return isWaiting ? { pc: 0, fp: 0, pages: view.getUint32(8), memory, stack, tables, used: 0 } : undefined;
}

/** The `core` of a machine's state. */
export function hashCore(core: Core): Hex {
  const { memory, stack, tables } = core;
  MerkleTree.hash([memory, stack, tables]);
  return bytesToHex(hashParts(packRegisters(core), memory.root(), stack.root(), tables.root()));
}
