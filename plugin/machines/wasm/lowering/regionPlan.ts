import type { Global } from "../coreModule.js";
import type { RegionDeclaration, SlotValue } from "../regions.js";
import type { BoundModule, BoundTable } from "./imports.js";
import { slotsOfBytes } from "./memoryFunctions.js";
import type { References } from "./tableFunctions.js";
import type { Usage } from "./usage.js";

/** The most slots of a table that can grow; growing beyond fails. */
export const MAXIMUM_GROWN_TABLE = 65_536;

/** A table or a segment, as code sees it. */
export interface Placed extends References {
  /** The global that says how many slots or bytes it has now, where that can change. */
  readonly sizeGlobal: number | undefined;
  /** Slots of its region. */
  readonly capacity: number;
}

/** Says which regions a module has, and adds the globals that hold their sizes. */
export class RegionPlan {
  readonly regions: RegionDeclaration[] = [];
  readonly globals: Global[];
  readonly tables: readonly Placed[];
  readonly elements: readonly Placed[];
  readonly data: readonly Placed[];

  /** @param contents Of the tables at the start. */
  constructor(
    module: BoundModule,
    private readonly usage: Usage,
    contents: readonly (readonly SlotValue[])[],
  ) {
    this.globals = [...module.globals];
    this.tables = module.tables.map((table, index) => this.placeTable(table, index, contents[index]));
    this.elements = module.elements.map(({ mode, items }, index) => {
      const isRead = mode === "passive" && usage.readElements.has(index);
      return isRead ? this.placeSegment(items, items.length, usage.droppedElements.has(index)) : NEVER_THERE;
    });
    this.data = module.segments.map(({ mode, data }, index) => {
      const isRead = mode === "passive" && usage.readData.has(index);
      return isRead ? this.placeSegment(slotsOfBytes(data), data.length, usage.droppedData.has(index)) : NEVER_THERE;
    });
  }

  private placeTable(table: BoundTable, index: number, contents: readonly SlotValue[]): Placed {
    const { minimum, maximum, shared } = table;
    const canGrow = this.usage.grownTables.has(index) || shared;
    const most = Math.min(maximum ?? MAXIMUM_GROWN_TABLE, MAXIMUM_GROWN_TABLE);
    const capacity = canGrow ? Math.max(minimum, most) : minimum;
    return this.place(capacity, contents, minimum, canGrow);
  }

  private placeSegment(contents: readonly SlotValue[], length: number, canDrop: boolean): Placed {
    return this.place(contents.length, contents, length, canDrop);
  }

  private place(capacity: number, contents: readonly SlotValue[], size: number, canChange: boolean): Placed {
    const sizeGlobal = canChange ? this.addGlobal(size) : undefined;
    const region = this.regions.push({ size: capacity, contents, ...(canChange && { sizeGlobal }) }) - 1;
    const text = sizeGlobal === undefined ? `i32.const ${size}` : `global.get ${sizeGlobal}`;
    return { region, size: text, sizeGlobal, capacity };
  }

  private addGlobal(value: number): number {
    return this.globals.push({ type: "i32", mutable: true, value: BigInt(value) }) - 1;
  }
}

/** A segment that code does not read, or that is dropped at the start: of no length, whoever asks. */
const NEVER_THERE: Placed = { region: undefined, size: "i32.const 0", sizeGlobal: undefined, capacity: 0 };
