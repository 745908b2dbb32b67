import {
  showType,
  type FunctionType,
  type GlobalType,
  type Limits,
  type ReferenceType,
} from "../../machines/wasm/module.js";
import type { ExternReference } from "./values.js";

/** Bytes of a page of memory. */
export const PAGE = 65_536;

/** What a table's element or a global of references can be. */
export type Reference = FunctionInstance | ExternReference | null;

/** A number's bits, unsigned, or a reference. */
export type Value = bigint | Reference;

/** A function of an instance or of the host. */
export interface FunctionInstance {
  readonly type: FunctionType;
  /** @throws {StoppedError} if it does not return. */
  call(args: readonly Value[]): Value[];
}

export function isFunction(value: Value): value is FunctionInstance {
  return typeof value === "object" && value !== null && "call" in value;
}

/** An instance's own copy of something that it shares. */
export interface Copy {
  /** Takes the content over. */
  load(): void;
  /** Gives it back. */
  save(): void;
}

/**
 * Something that several instances may use: each has it in its own machine's registers, and its content moves to the one that
 * runs. While nobody holds it, it is in the fields of this class's children.
 */
abstract class Shared {
  private holder: Copy | undefined;

  /** Brings the content to a copy, which may change it from then on. */
  hold(copy: Copy): void {
    if (this.holder === copy) return;
    this.settle();
    copy.load();
    this.holder = copy;
  }

  /** Brings the content here. */
  settle(): void {
    this.holder?.save();
    this.holder = undefined;
  }
}

export class MemoryInstance extends Shared {
  /** Of which those behind the last that was set may be missing: they are zero. */
  bytes: Uint8Array = new Uint8Array();
  pages: number;

  constructor(limits: Limits) {
    super();
    this.pages = limits.minimum;
    this.maximum = limits.maximum;
  }

  readonly maximum: number | undefined;

  /** Its type as it is now. */
  get limits(): Limits {
    this.settle();
    return { minimum: this.pages, maximum: this.maximum };
  }

  /** Writes bytes, which must be within its pages. */
  write(offset: number, data: Uint8Array): void {
    this.settle();
    if (this.bytes.length < offset + data.length) {
      const longer = new Uint8Array(offset + data.length);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes.set(data, offset);
  }
}

export class TableInstance extends Shared {
  elements: Reference[];
  readonly maximum: number | undefined;

  constructor(
    readonly type: ReferenceType,
    limits: Limits,
  ) {
    super();
    this.elements = new Array<Reference>(limits.minimum).fill(null);
    this.maximum = limits.maximum;
  }

  /** Its type as it is now. */
  get limits(): Limits {
    this.settle();
    return { minimum: this.elements.length, maximum: this.maximum };
  }

  /** Sets elements, which must be within its size. */
  write(offset: number, items: readonly Reference[]): void {
    this.settle();
    items.forEach((item, index) => (this.elements[offset + index] = item));
  }
}

export class GlobalInstance extends Shared {
  constructor(
    readonly type: GlobalType,
    /** What it is while nobody holds it. */
    public content: Value,
  ) {
    super();
  }

  get value(): Value {
    this.settle();
    return this.content;
  }
}

/** What a module can import or export. */
export type External =
  | { readonly kind: "function"; readonly function: FunctionInstance }
  | { readonly kind: "table"; readonly table: TableInstance }
  | { readonly kind: "memory"; readonly memory: MemoryInstance }
  | { readonly kind: "global"; readonly global: GlobalInstance };

/** By name. */
export type Exported = ReadonlyMap<string, External>;

/** Whether two functions' types are equal as they were declared. */
export function sameType(first: FunctionType, second: FunctionType): boolean {
  return showType(first.declared ?? first) === showType(second.declared ?? second);
}
