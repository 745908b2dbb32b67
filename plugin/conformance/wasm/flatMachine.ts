import { TRAMPOLINE } from "../../machines/wasm/hostCalls.js";
import { Op, type Instruction } from "../../machines/wasm/instruction.js";
import { layoutOf, type FunctionLayout } from "../../machines/wasm/layout.js";
import type { LoweredModule } from "../../machines/wasm/lower.js";
import type { FunctionType, ValueType } from "../../machines/wasm/module.js";
import { WasmProgram } from "../../machines/wasm/program.js";
import { decodeReference, encodeReference, MAXIMUM_TYPE } from "../../machines/wasm/reference.js";
import type { Registers } from "../../machines/wasm/registers.js";
import { WasmMachine } from "../../machines/wasm/wasmMachine.js";
import { isFunction, sameType, type FunctionInstance, type Reference, type Value } from "./store.js";
import { ExternReference } from "./values.js";

/** Where a trampoline that is added has its link: behind all parameters and results that a reference can have. */
const LINK = 255;

/** Trampolines are added by as many, since the program is made anew for them. */
const CHUNK = 16;

const NO_HANDLER = layoutOf({ parameters: [], results: [] });

/**
 * An instance's machine, and how its slots stand for values: a reference to a function of another instance, or of the host, is one to
 * a trampoline, whose only instruction calls out. Trampolines are added to the program as such functions come in.
 */
export class FlatMachine {
  private current: WasmMachine;
  private readonly functions = new Map<number, FunctionInstance>();
  private readonly slots = new Map<FunctionInstance, bigint>();
  /** Functions that are called out to: those that are imported, then those that came in as references. */
  private readonly outside: FunctionInstance[];
  private readonly imported: number;
  private trampolines = 0;

  /** @param functions By index, imports first. */
  constructor(
    private readonly lowered: LoweredModule,
    imported: readonly FunctionInstance[],
    functions: readonly FunctionInstance[],
  ) {
    this.outside = [...imported];
    this.imported = imported.length;
    this.current = new WasmMachine(new WasmProgram(lowered, NO_HANDLER), {});
    functions.forEach((instance, index) => {
      const layout = lowered.layouts[index];
      // An import that nothing refers to has no code; a frame that fits no reference is called by way of a trampoline.
      if (layout.entry > 0 && layout.link < LINK && layout.frame < 2 ** 16) this.place(instance, layout);
    });
  }

  get machine(): WasmMachine {
    return this.current;
  }

  get registers(): Registers {
    return this.current.registers;
  }

  /** The function that host call `call` stands for. */
  calledBy(call: number): FunctionInstance {
    return this.outside[call - TRAMPOLINE];
  }

  /** The slot that holds a value. May make the machine anew. */
  encode(value: Value): bigint {
    if (typeof value === "bigint") return value;
    if (value === null) return 0n;
    return isFunction(value) ? this.slotOf(value) : value.id + 1n;
  }

  /** The value that a slot holds. */
  decode(type: ValueType, slot: bigint): Value {
    if (type === "funcref" || type === "externref") return this.decodeReference(type, slot);
    return type === "i32" || type === "f32" ? BigInt.asUintN(32, slot) : slot;
  }

  private decodeReference(type: "funcref" | "externref", slot: bigint): Reference {
    if (slot === 0n) return null;
    if (type === "externref") return new ExternReference(slot - 1n);
    const { target } = decodeReference(slot);
    const instance = this.functions.get(target);
    if (instance === undefined) throw new Error(`no function at instruction ${target}`);
    return instance;
  }

  private slotOf(instance: FunctionInstance): bigint {
    return this.slots.get(instance) ?? this.place(instance, this.trampolineFor(instance));
  }

  private place(instance: FunctionInstance, layout: FunctionLayout): bigint {
    const slot = encodeReference(this.typeNumber(instance.type), layout);
    this.functions.set(layout.entry, instance);
    this.slots.set(instance, slot);
    return slot;
  }

  /** The number that `call_indirect` compares; none of the module's where it has no such type. */
  private typeNumber(type: FunctionType): number {
    const { module, typeNumbers } = this.lowered;
    const index = module.types.findIndex((candidate) => sameType(candidate, type));
    return index < 0 ? MAXIMUM_TYPE : typeNumbers[index];
  }

  private trampolineFor(instance: FunctionInstance): FunctionLayout {
    const number = this.outside.push(instance) - 1 - this.imported;
    if (number >= this.trampolines) this.addTrampolines();
    const layout = layoutOf(instance.type);
    const entry = this.lowered.code.length + 2 * number;
    return { ...layout, link: LINK, entry, frame: LINK + 1 };
  }

  /** Makes the program anew, with more trampolines behind it, and a machine of it in the same state. */
  private addTrampolines(): void {
    this.trampolines += Math.max(CHUNK, this.trampolines);
    const code = [...this.lowered.code];
    for (let number = 0; number < this.trampolines; number++) {
      code.push(instruction(Op.host, TRAMPOLINE + this.imported + number), instruction(Op.return, LINK));
    }
    const snapshot = this.current.snapshot();
    this.current = new WasmMachine(new WasmProgram({ ...this.lowered, code }, NO_HANDLER), {});
    this.current.restore(snapshot);
  }
}

function instruction(op: number, a: number): Instruction {
  return { op, h: 0, a, low: 0, high: 0 };
}
