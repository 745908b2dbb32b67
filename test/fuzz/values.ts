import type { ValueType } from "../../plugin/machines/wasm/module.js";

/** A value as JavaScript hands it to WebAssembly and gets it from there. */
export type Value = number | bigint | object | null;

const FLOAT = new DataView(new ArrayBuffer(8));

/** A module's functions as JavaScript has them and as the machine's slots do. */
export class References {
  private readonly functions = new Map<bigint, object>();
  private readonly slots = new Map<object, bigint>();

  /** @param slots By name of the export. */
  constructor(exports: Readonly<Record<string, unknown>>, slots: ReadonlyMap<string, bigint>) {
    for (const [name, slot] of slots) {
      this.functions.set(slot, exports[name] as object);
      this.slots.set(exports[name] as object, slot);
    }
  }

  /** The value that has these bits. An external reference is the number in its slot. */
  valueOf(pattern: bigint, type: ValueType): Value {
    if (type === "i64") return pattern;
    if (type === "funcref" || type === "externref") return this.referenceOf(pattern, type);
    FLOAT.setBigInt64(0, pattern);
    if (type === "i32") return FLOAT.getInt32(4);
    return type === "f32" ? FLOAT.getFloat32(4) : FLOAT.getFloat64(0);
  }

  /** The bits of a value. JavaScript does not tell one NaN from another, so all are the canonical one. */
  bitsOf(value: Value, type: ValueType): bigint {
    if (type === "funcref" || type === "externref") return this.slotOf(value);
    if (type === "i32" || type === "i64") return BigInt.asUintN(type === "i32" ? 32 : 64, BigInt(value as number));
    const number = Number.isNaN(value) ? NaN : Number(value);
    if (type === "f64") FLOAT.setFloat64(0, number);
    else FLOAT.setFloat32(0, number);
    return type === "f64" ? FLOAT.getBigUint64(0) : BigInt(FLOAT.getUint32(0));
  }

  /** The bits as JavaScript would tell them. */
  sameNaN(pattern: bigint, type: ValueType): bigint {
    return this.bitsOf(this.valueOf(pattern, type), type);
  }

  /** The bits of an argument of some type, drawn from 64 bits. */
  argument(drawn: bigint, type: ValueType): bigint {
    const choice = Number(BigInt.asUintN(4, drawn));
    if (type === "externref") return BigInt(choice);
    if (type === "funcref") return [0n, ...this.functions.keys()][choice % (1 + this.functions.size)];
    return this.sameNaN(drawn, type);
  }

  private referenceOf(slot: bigint, type: "funcref" | "externref"): Value {
    if (slot === 0n) return null;
    const value = type === "externref" ? Number(slot) : this.functions.get(slot);
    if (value === undefined) throw new Error(`no function has the slot ${slot}`);
    return value;
  }

  private slotOf(value: Value): bigint {
    if (value === null) return 0n;
    const slot = typeof value === "number" ? BigInt(value) : this.slots.get(value as object);
    if (slot === undefined) throw new Error("a reference to nothing that is exported");
    return slot;
  }
}
