import type { Region } from "../../machines/wasm/regions.js";
import type { FlatMachine } from "./flatMachine.js";
import { PAGE, type Copy, type GlobalInstance, type MemoryInstance, type TableInstance } from "./store.js";

/** An instance's memory. */
export class MemoryCopy implements Copy {
  constructor(
    private readonly machine: FlatMachine,
    private readonly shared: MemoryInstance,
  ) {}

  load(): void {
    const { memory } = this.machine.registers;
    const { bytes, pages } = this.shared;
    if (pages > memory.pages) memory.grow(pages);
    if (memory.size === 0) return;
    memory.unshareRange(0, memory.size);
    memory.bytes.set(bytes);
    memory.bytes.fill(0, bytes.length, memory.size);
  }

  save(): void {
    const { memory } = this.machine.registers;
    this.shared.pages = memory.pages;
    this.shared.bytes = memory.bytes.slice(0, memory.pages * PAGE);
  }
}

/** An instance's table. */
export class TableCopy implements Copy {
  constructor(
    private readonly machine: FlatMachine,
    private readonly shared: TableInstance,
    private readonly region: Region,
  ) {}

  load(): void {
    const { base, size, sizeGlobal } = this.region;
    const slots = this.shared.elements.map((element) => this.machine.encode(element));
    const { tables } = this.machine.registers;
    if (slots.length > size) throw new Error(`a table of ${slots.length} elements does not fit ${size} slots`);
    for (let index = 0; index < size; index++) tables.set(base + index, index < slots.length ? slots[index] : 0n);
    if (sizeGlobal !== undefined) tables.set(sizeGlobal, BigInt(slots.length));
  }

  save(): void {
    const { machine, shared, region } = this;
    const { base, size, sizeGlobal } = region;
    const { tables } = machine.registers;
    const length = sizeGlobal === undefined ? size : Number(tables.get(sizeGlobal));
    shared.elements = Array.from({ length }, (_, index) => {
      const element = machine.decode(shared.type, tables.get(base + index));
      return typeof element === "bigint" ? null : element;
    });
  }
}

/** An instance's global. */
export class GlobalCopy implements Copy {
  constructor(
    private readonly machine: FlatMachine,
    private readonly shared: GlobalInstance,
    private readonly index: number,
  ) {}

  load(): void {
    const slot = this.machine.encode(this.shared.content);
    this.machine.registers.tables.set(this.index, slot);
  }

  save(): void {
    const { machine, shared, index } = this;
    shared.content = machine.decode(shared.type.type, machine.registers.tables.get(index));
  }
}
