import { Op, type Instruction } from "../instruction.js";
import { slotCount } from "../images.js";
import type { LoweredModule } from "../lower.js";
import type { Region } from "../regions.js";

/**
 * Where regions are on V8. Those that code calls through and never changes are tables of V8's own. All others are slots in a
 * memory, as the machine holds them: two 32-bit halves each, low half first. A call through one of them takes the callee's place
 * in the flat code from its slot, and goes through a table that has every function at that place.
 */
export class RegionPlan {
  /** The regions that are V8's tables; the table of all functions follows them, if there is one. */
  readonly tables: readonly Region[];
  /** Whether slots are in a memory. */
  readonly inMemory: boolean;
  /** Whether code calls through slots in memory. */
  readonly callsSlots: boolean;
  /** Slots of the memory, those of globals too, so that each has the number that it has on the machine. */
  readonly slots: number;
  /** How many of them are the globals', which are elsewhere. */
  readonly globals: number;
  private readonly changed: ReadonlySet<string>;

  constructor(lowered: LoweredModule) {
    const { code, regions, module } = lowered;
    const keys = (...ops: number[]): Set<string> => new Set(code.filter(({ op }) => ops.includes(op)).map(keyOf));
    const called = keys(Op.callIndirect);
    this.changed = keys(Op.tableSet);
    this.inMemory = keys(Op.tableGet, Op.tableSet).size > 0;
    this.callsSlots = [...called].some((key) => this.changed.has(key));
    this.tables = regions.filter((region) => {
      const key = keyOf({ high: region.base, low: region.size });
      return called.has(key) && !this.changed.has(key);
    });
    this.slots = slotCount(lowered);
    this.globals = module.globals.length;
  }

  /** Whether the region of an instruction is in memory because something changes it. */
  isChanged(instruction: Instruction): boolean {
    return this.changed.has(keyOf(instruction));
  }

  /** The table of V8 that an indirect call goes through. */
  tableOf({ high, low }: Instruction): number {
    const own = this.tables.findIndex(({ base, size }) => base === high && size === low);
    return own < 0 ? this.tables.length : own;
  }

  /** Where the memory has a byte for each page of slots, not 0 if it may have changed. */
  get marksAt(): number {
    return 8 * this.slots;
  }
}

/** Regions of the same place and size are one to the code. */
function keyOf({ high, low }: Pick<Instruction, "high" | "low">): string {
  return `${high} ${low}`;
}
