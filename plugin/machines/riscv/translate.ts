import { W, I32 } from "../translate/code.js";
import { address, stopAtEnd, stopIfGuarded, stopIfMisaligned } from "../translate/flatMemory.js";
import type { Flow, Held, Unit } from "../translate/frontEnd.js";
import { STATE } from "../translate/layout.js";
import type { TranslatedCode } from "../translate/library.js";
import type { Translation } from "../translate/translation.js";
import { accessSize, decode, isStore, type Instruction, type Name } from "./decode.js";

interface RiscvUnit extends Unit {
  readonly instruction: Instruction;
}

/** Of instructions in memory. */
const PLACES = 2 ** 30;

/** What the translator knows of RV32IM. A place is a quarter of an address. */
export class RiscvCode implements TranslatedCode {
  readonly reach = 1024;
  readonly framed = false;
  readonly zero = 0;

  /** @param word The four bytes at an address, the first in the lowest bits. */
  constructor(readonly word: (place: number) => number) {}

  unit(place: number): RiscvUnit | undefined {
    if (place >= PLACES) return undefined;
    const instruction = decode(this.word(place));
    return { place, length: 1, flow: flowOf(instruction, place), instruction };
  }

  /** `nop`. */
  isPadding(place: number): boolean {
    return place < PLACES && this.word(place) === 0x13;
  }

  regionStart(place: number): number {
    return place;
  }

  held(register: number): Held {
    return { address: STATE + 4 * register, wide: false };
  }

  emit({ instruction, place, flow }: RiscvUnit, translation: Translation): void {
    new RiscvEmitter(translation, instruction, place).emit(flow);
  }
}

function flowOf({ name, destination, immediate }: Instruction, place: number): Flow {
  switch (name) {
    case "illegal":
    case "none":
    case "ecall":
    case "ebreak":
      return { kind: "outside" };
    case "jal":
      if ((immediate & 3) !== 0) return { kind: "outside" };
      return { kind: "jump", target: behind(place, immediate), returns: destination !== 0 };
    case "jalr":
      return { kind: "indirect", returns: destination !== 0 };
    default:
      return isBranch(name) && (immediate & 3) === 0
        ? { kind: "branch", target: behind(place, immediate) }
        : { kind: "next" };
  }
}

/** The place some bytes behind another, at the end of memory from the beginning on again. */
function behind(place: number, bytes: number): number {
  return ((place * 4 + bytes) >>> 0) >>> 2;
}

const COMPARISONS: Readonly<Partial<Record<Name, number>>> = {
  beq: W.i32Eq,
  bne: W.i32Ne,
  blt: W.i32LessSigned,
  bge: W.i32AtLeastSigned,
  bltu: W.i32Less,
  bgeu: W.i32AtLeast,
};

function isBranch(name: Name): boolean {
  return COMPARISONS[name] !== undefined;
}

const LOADS: Readonly<Partial<Record<Name, number>>> = {
  lb: W.i32Load8Signed,
  lh: W.i32Load16Signed,
  lw: W.i32Load,
  lbu: W.i32Load8,
  lhu: W.i32Load16,
};

const STORES: Readonly<Partial<Record<Name, number>>> = { sb: W.i32Store8, sh: W.i32Store16, sw: W.i32Store };

const IMMEDIATES: Readonly<Partial<Record<Name, number>>> = {
  addi: W.i32Add,
  slli: W.i32ShiftLeft,
  slti: W.i32LessSigned,
  sltiu: W.i32Less,
  xori: W.i32Xor,
  srli: W.i32ShiftRight,
  srai: W.i32ShiftRightSigned,
  ori: W.i32Or,
  andi: W.i32And,
};

const OPERATIONS: Readonly<Partial<Record<Name, number>>> = {
  add: W.i32Add,
  sub: W.i32Subtract,
  sll: W.i32ShiftLeft,
  slt: W.i32LessSigned,
  sltu: W.i32Less,
  xor: W.i32Xor,
  srl: W.i32ShiftRight,
  sra: W.i32ShiftRightSigned,
  or: W.i32Or,
  and: W.i32And,
  mul: W.i32Multiply,
};

/** Emits one instruction. */
class RiscvEmitter {
  constructor(
    private readonly translation: Translation,
    private readonly instruction: Instruction,
    private readonly place: number,
  ) {}

  emit(flow: Flow): void {
    const { name, destination } = this.instruction;
    if (name === "jal") return this.link();
    if (name === "jalr") return this.jumpToRegister();
    if (isBranch(name)) return this.compare(flow);
    if (isStore(name)) return this.store();
    if (destination === 0 || name === "fence") return;
    this.result();
    this.translation.set(destination);
  }

  /** Leaves what goes to the destination. */
  private result(): void {
    const { name, first, immediate } = this.instruction;
    const { code } = this.translation;
    const [load, simple, operation] = [LOADS[name], IMMEDIATES[name], OPERATIONS[name]];
    if (name === "lui") return code.constant(immediate);
    if (name === "auipc") return code.constant(this.place * 4 + immediate);
    if (load !== undefined) return this.load(load);
    if (operation !== undefined) {
      this.translation.getBoth(this.instruction);
      return code.op(operation);
    }
    if (simple === undefined) return this.multiplyOrDivide();
    if (name === "addi" && first === 0) return code.constant(immediate);
    this.translation.get(first);
    if (name === "addi" && immediate === 0) return;
    code.constant(immediate);
    code.op(simple);
  }

  private link(): void {
    const { destination } = this.instruction;
    if (destination === 0) return;
    this.translation.code.constant(this.place * 4 + 4);
    this.translation.set(destination);
  }

  private jumpToRegister(): void {
    const { code } = this.translation;
    const { first, immediate } = this.instruction;
    const target = this.translation.temporary("target");
    this.translation.get(first);
    code.constant(immediate);
    code.op(W.i32Add);
    code.constant(-2);
    code.op(W.i32And);
    code.tee(target);
    code.constant(2);
    code.op(W.i32And);
    this.translation.stopIf();
    this.link();
    code.get(target);
  }

  /** A branch to what is no place of an instruction traps if it is taken. */
  private compare(flow: Flow): void {
    this.translation.getBoth(this.instruction);
    this.translation.code.op(COMPARISONS[this.instruction.name]!);
    if (flow.kind === "next") this.translation.stopIf();
  }

  private get address(): number {
    return address(this.translation, this.instruction.first, this.instruction.immediate);
  }

  private load(op: number): void {
    const local = this.address;
    stopAtEnd(this.translation, local, accessSize(this.instruction.name));
    this.translation.code.get(local);
    this.translation.code.access(op, 0);
  }

  private store(): void {
    const { name, second } = this.instruction;
    const local = this.address;
    stopIfMisaligned(this.translation, local, accessSize(name));
    stopIfGuarded(this.translation, local);
    this.translation.code.get(local);
    this.translation.get(second);
    this.translation.code.access(STORES[name]!, 0);
  }

  private multiplyOrDivide(): void {
    const { name } = this.instruction;
    if (name.startsWith("mulh")) return this.multiplyHigh();
    const { code } = this.translation;
    const remainder = name.startsWith("rem");
    this.translation.get(this.instruction.second);
    code.op(W.i32Eqz);
    this.translation.open(W.if, {}, I32);
    if (remainder) this.translation.get(this.instruction.first);
    else code.constant(-1);
    code.op(W.else);
    if (name.endsWith("u")) this.divide(remainder ? W.i32Remainder : W.i32Divide);
    else if (remainder) this.divide(W.i32RemainderSigned);
    else this.divideSigned();
    this.translation.close();
  }

  private divide(op: number): void {
    this.translation.getBoth(this.instruction);
    this.translation.code.op(op);
  }

  /** The one quotient that has no place is the dividend, as in every division by -1 it is its opposite. */
  private divideSigned(): void {
    const { code } = this.translation;
    const { first, second } = this.instruction;
    this.translation.get(second);
    code.constant(-1);
    code.op(W.i32Eq);
    this.translation.open(W.if, {}, I32);
    code.constant(0);
    this.translation.get(first);
    code.op(W.i32Subtract, W.else);
    this.divide(W.i32DivideSigned);
    this.translation.close();
  }

  private multiplyHigh(): void {
    const { code } = this.translation;
    const { name, first, second } = this.instruction;
    this.translation.get(first);
    code.op(name === "mulhu" ? W.i64Extend : W.i64ExtendSigned);
    this.translation.get(second);
    code.op(name === "mulh" ? W.i64ExtendSigned : W.i64Extend, W.i64Multiply);
    code.constant64(0, 32);
    code.op(W.i64ShiftRight, W.i32Wrap);
  }
}
