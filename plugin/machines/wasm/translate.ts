import type { Flow, Held, Unit } from "../translate/frontEnd.js";
import type { TranslatedCode } from "../translate/library.js";
import type { Translation } from "../translate/translation.js";
import { WasmEmitter } from "./emitter.js";
import { Op, type Instruction } from "./instruction.js";
import { layoutOf } from "./layout.js";
import type { LoweredModule } from "./lower.js";
import { isTranslated } from "./numericEmitter.js";
import { FRAME, PLACES, STACK } from "./stateLayout.js";
import { isMemoryAccess } from "./opcodes.js";

export interface WasmUnit extends Unit {
  readonly instruction: Instruction;
}

/** What the translator knows of flat code. A place is an instruction's number, a register a slot of the frame. */
export class WasmCode implements TranslatedCode {
  readonly reach = 4096;
  readonly framed = true;
  private readonly code: readonly Instruction[];
  /** Where functions begin, ascending. */
  private readonly functions: readonly number[];
  /** Of functions by the numbers of their types: the slots of their links. */
  private readonly links: ReadonlyMap<number, number>;

  constructor({ code, layouts, module, typeNumbers }: LoweredModule) {
    this.code = code;
    this.links = new Map(module.types.map((type, index) => [typeNumbers[index], layoutOf(type).link]));
    this.functions = [...new Set(layouts.map(({ entry }) => entry))].sort((a, b) => a - b);
  }

  unit(place: number): WasmUnit | undefined {
    if (place >= this.code.length) return undefined;
    const instruction = this.code[place];
    return { place, length: 1, flow: flowOf(instruction, place), instruction };
  }

  isPadding(): boolean {
    return false;
  }

  /** The beginning of its function, if all of that is within reach. */
  regionStart(place: number): number {
    const next = this.functions.find((entry) => entry > place) ?? this.code.length;
    const start = this.functions.findLast((entry) => entry <= place) ?? 0;
    return next - start <= this.reach ? start : place;
  }

  held(register: number): Held {
    return register < 0 ? PLACES[register] : { address: STACK + 8 * register, wide: true, base: FRAME };
  }

  /** Code does not change. */
  word(): number {
    return 0;
  }

  emit({ instruction, place }: WasmUnit, translation: Translation): void {
    new WasmEmitter(translation, instruction, place, this.links).emit();
  }
}

function flowOf({ op, a }: Instruction, place: number): Flow {
  switch (op) {
    case Op.jump:
      return { kind: "jump", target: a, returns: false };
    case Op.jumpIf:
    case Op.jumpUnless:
      return { kind: "branch", target: a };
    case Op.jumpTable:
      return { kind: "switch", targets: Array.from({ length: a + 1 }, (_, at) => place + 1 + at) };
    case Op.return:
      return { kind: "indirect", returns: false };
    case Op.call:
    case Op.callIndirect:
      return { kind: "indirect", returns: true };
    default:
      return { kind: DIRECT.has(op) || isMemoryAccess(op) || isTranslated(op) ? "next" : "outside" };
  }
}

const DIRECT: ReadonlySet<number> = new Set([
  ...[Op.select, Op.copy, Op.globalGet, Op.globalSet, Op.tableGet, Op.memorySize, Op.constant],
]);
