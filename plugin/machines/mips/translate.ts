import type { Flow, Held, Unit } from "../translate/frontEnd.js";
import { STATE } from "../translate/layout.js";
import type { TranslatedCode } from "../translate/library.js";
import type { Translation } from "../translate/translation.js";
import { decode, type Instruction, type Name } from "./decode.js";
import { MipsEmitter } from "./emitter.js";

interface MipsUnit extends Unit {
  readonly instruction: Instruction;
  /** What stands in the delay slot of a branch or jump, which is of the same unit. */
  readonly slot: Instruction | undefined;
}

/** Of instructions in memory. */
const PLACES = 2 ** 30;

/** What the translator knows of MIPS32. A place is a quarter of an address. */
export class MipsCode implements TranslatedCode {
  readonly reach = 1024;
  readonly framed = false;
  readonly zero = 0;

  /** @param word The four bytes at an address, the first in the highest bits. */
  constructor(readonly word: (place: number) => number) {}

  unit(place: number): MipsUnit | undefined {
    if (place >= PLACES) return undefined;
    const instruction = decode(this.word(place));
    const flow = flowOf(instruction, place);
    if (flow.kind === "next" || flow.kind === "outside")
      return { place, length: 1, flow, instruction, slot: undefined };
    if (place + 1 === PLACES) return undefined;
    const slot = decode(this.word(place + 1));
    if (!fitsSlot(slot, instruction)) return { place, length: 1, flow: { kind: "outside" }, instruction, slot };
    return { place, length: 2, flow, instruction, slot };
  }

  /** `nop`. */
  isPadding(place: number): boolean {
    return place < PLACES && this.word(place) === 0;
  }

  regionStart(place: number): number {
    return place;
  }

  held(register: number): Held {
    return { address: STATE + 4 * register, wide: false };
  }

  /** A branch looks at its operands, then comes its slot, then its link, which the slot does not touch. */
  emit({ instruction, slot, place }: MipsUnit, translation: Translation): void {
    const emitter = new MipsEmitter(translation, instruction);
    if (slot === undefined) return emitter.emit();
    emitter.prepareJump();
    new MipsEmitter(translation, slot).emit();
    emitter.jump(place * 4 + 8);
  }
}

function flowOf({ name, destination, immediate }: Instruction, place: number): Flow {
  switch (name) {
    case "none":
    case "illegal":
    case "syscall":
    case "break":
      return { kind: "outside" };
    case "j":
    case "jal":
      return { kind: "jump", target: (((place * 4 + 4) & 0xf0000000) | immediate) >>> 2, returns: name === "jal" };
    case "jr":
    case "jalr":
      return { kind: "indirect", returns: destination !== 0 };
    default:
      return BRANCHES.has(name) ? { kind: "branch", target: ((place * 4 + immediate) >>> 0) >>> 2 } : { kind: "next" };
  }
}

const BRANCHES: ReadonlySet<Name> = new Set([
  ...(["beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal"] as const),
]);

/** Whether the branch and what stands in its slot can be one unit. */
function fitsSlot(slot: Instruction, { destination }: Instruction): boolean {
  if (flowOf(slot, 0).kind !== "next") return false;
  const touched = [slot.first, slot.second, slot.destination];
  return destination === 0 || !touched.includes(destination);
}
