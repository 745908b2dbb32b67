import { W } from "../translate/code.js";
import type { Translation } from "../translate/translation.js";
import { emitAccess } from "./accessEmitter.js";
import { emitAccumulate, emitDivide, emitMultiply } from "./arithmeticEmitter.js";
import { alignment, type Instruction, type Name } from "./decode.js";
import { HIGH, LOW } from "./place.js";

const SHIFTS: Readonly<Partial<Record<Name, number>>> = {
  sll: W.i32ShiftLeft,
  srl: W.i32ShiftRight,
  sra: W.i32ShiftRightSigned,
  rotr: W.i32RotateRight,
};

const VARIABLE_SHIFTS: Readonly<Partial<Record<Name, number>>> = {
  sllv: W.i32ShiftLeft,
  srlv: W.i32ShiftRight,
  srav: W.i32ShiftRightSigned,
  rotrv: W.i32RotateRight,
};

const OPERATIONS: Readonly<Partial<Record<Name, number>>> = {
  addu: W.i32Add,
  subu: W.i32Subtract,
  and: W.i32And,
  or: W.i32Or,
  xor: W.i32Xor,
  slt: W.i32LessSigned,
  sltu: W.i32Less,
  mul: W.i32Multiply,
};

const IMMEDIATES: Readonly<Partial<Record<Name, number>>> = {
  addiu: W.i32Add,
  slti: W.i32LessSigned,
  sltiu: W.i32Less,
  andi: W.i32And,
  ori: W.i32Or,
  xori: W.i32Xor,
};

/** Of branches, and of what traps. */
const CONDITIONS: Readonly<Partial<Record<Name, number>>> = {
  beq: W.i32Eq,
  bne: W.i32Ne,
  blez: W.i32AtMostSigned,
  bgtz: W.i32GreaterSigned,
  bltz: W.i32LessSigned,
  bltzal: W.i32LessSigned,
  bgez: W.i32AtLeastSigned,
  bgezal: W.i32AtLeastSigned,
};

const TRAPS: Readonly<Partial<Record<Name, number>>> = {
  tge: W.i32AtLeastSigned,
  tgeu: W.i32AtLeast,
  tlt: W.i32LessSigned,
  tltu: W.i32Less,
  teq: W.i32Eq,
  tne: W.i32Ne,
};

/** Emits one instruction. */
export class MipsEmitter {
  constructor(
    private readonly translation: Translation,
    private readonly instruction: Instruction,
  ) {}

  emit(): void {
    const { name, destination } = this.instruction;
    if (alignment(name) > 0) return emitAccess(this.translation, this.instruction);
    if (TRAPS[name] !== undefined) return this.trap(TRAPS[name]);
    if (name.startsWith("m") && this.highAndLow(name)) return;
    if (name.startsWith("div")) return emitDivide(this.translation, this.instruction);
    if (name === "movz" || name === "movn") return this.move(name === "movz");
    if (name === "sync" || name === "pref") return;
    const checked = name === "add" || name === "addi" || name === "sub";
    if (checked) this.stopIfOverflow(name);
    if (destination === 0) return;
    this.result();
    this.translation.set(destination);
  }

  /** Keeps what a branch's condition is, or where a jump leads. */
  prepareJump(): void {
    const { name, first, second } = this.instruction;
    const { code } = this.translation;
    if (name === "j" || name === "jal") return;
    this.translation.get(first);
    if (name === "jr" || name === "jalr") {
      code.tee(this.kept);
      code.constant(3);
      code.op(W.i32And);
      return this.translation.stopIf();
    }
    this.translation.get(second);
    code.op(CONDITIONS[name]!);
    code.set(this.kept);
  }

  /** Writes the link, and leaves the condition of a branch or the target of a jump to a register. */
  jump(link: number): void {
    const { name, destination } = this.instruction;
    if (destination !== 0) {
      this.translation.code.constant(link);
      this.translation.set(destination);
    }
    if (name !== "j" && name !== "jal") this.translation.code.get(this.kept);
  }

  private get kept(): number {
    return this.translation.temporary("kept");
  }

  /** Leaves what goes to the destination. */
  private result(): void {
    const { name, first, second, immediate } = this.instruction;
    const { code } = this.translation;
    const [shift, variable] = [SHIFTS[name], VARIABLE_SHIFTS[name]];
    const [operation, simple] = [OPERATIONS[name], IMMEDIATES[name]];
    if (shift !== undefined) return this.withConstant(second, immediate, shift);
    if (simple !== undefined) return this.withConstant(first, immediate, simple);
    if (variable !== undefined) {
      this.translation.get(second);
      this.translation.get(first);
      return code.op(variable);
    }
    if (operation === undefined) return this.other(name);
    this.translation.getBoth(this.instruction);
    code.op(operation);
  }

  private withConstant(register: number, constant: number, op: number): void {
    if (op === W.i32Add && register === 0) return this.translation.code.constant(constant);
    this.translation.get(register);
    this.translation.code.constant(constant);
    this.translation.code.op(op);
  }

  private other(name: Name): void {
    const { first, second, immediate } = this.instruction;
    const { code } = this.translation;
    switch (name) {
      case "lui":
        return code.constant(immediate);
      case "add":
      case "sub":
        this.translation.getBoth(this.instruction);
        return code.op(name === "add" ? W.i32Add : W.i32Subtract);
      case "addi":
        return this.withConstant(first, immediate, W.i32Add);
      case "nor":
        this.translation.getBoth(this.instruction);
        code.op(W.i32Or);
        code.constant(-1);
        return code.op(W.i32Xor);
      case "mfhi":
      case "mflo":
        return this.translation.get(name === "mfhi" ? HIGH : LOW);
      case "clz":
        this.translation.get(first);
        return code.op(W.i32CountLeadingZeros);
      case "clo":
        this.withConstant(first, -1, W.i32Xor);
        return code.op(W.i32CountLeadingZeros);
      case "seb":
      case "seh":
        this.translation.get(second);
        return code.op(name === "seb" ? W.i32Extend8 : W.i32Extend16);
      case "wsbh":
        return this.swapHalves();
      default:
        return this.field(name === "ins");
    }
  }

  /** `ext` and `ins`. */
  private field(inserts: boolean): void {
    const { first, second, immediate } = this.instruction;
    const { code } = this.translation;
    const [low, rest] = [immediate & 31, immediate >>> 5];
    if (!inserts) {
      this.withConstant(first, low, W.i32ShiftRight);
      code.constant(2 ** (rest + 1) - 1);
      return code.op(W.i32And);
    }
    const mask = 2 ** (rest + 1) - 2 ** low;
    this.withConstant(second, ~mask, W.i32And);
    this.withConstant(first, low, W.i32ShiftLeft);
    code.constant(mask);
    code.op(W.i32And, W.i32Or);
  }

  private swapHalves(): void {
    const { code } = this.translation;
    const { second } = this.instruction;
    this.withConstant(second, 0x00ff00ff, W.i32And);
    code.constant(8);
    code.op(W.i32ShiftLeft);
    this.withConstant(second, 8, W.i32ShiftRight);
    code.constant(0x00ff00ff);
    code.op(W.i32And, W.i32Or);
  }

  /** @returns whether it was one of those. */
  private highAndLow(name: Name): boolean {
    if (name === "mthi" || name === "mtlo") {
      this.translation.get(this.instruction.first);
      this.translation.set(name === "mthi" ? HIGH : LOW);
    } else if (name === "mult" || name === "multu") emitMultiply(this.translation, this.instruction);
    else if (name.startsWith("madd") || name.startsWith("msub")) emitAccumulate(this.translation, this.instruction);
    else return false;
    return true;
  }

  private trap(condition: number): void {
    this.translation.getBoth(this.instruction);
    this.translation.code.op(condition);
    this.translation.stopIf();
  }

  private move(ifZero: boolean): void {
    const { first, second, destination } = this.instruction;
    if (destination === 0) return;
    this.translation.get(second);
    if (ifZero) this.translation.code.op(W.i32Eqz);
    this.translation.open(W.if);
    this.translation.get(first);
    this.translation.set(destination);
    this.translation.close();
  }

  /** Overflowed is what has another sign than both operands, the second one's opposite if it is taken off. */
  private stopIfOverflow(name: Name): void {
    const { first, second, immediate } = this.instruction;
    const { code } = this.translation;
    const wide = this.translation.temporary("wide", true);
    this.translation.get(first);
    code.op(W.i64ExtendSigned);
    if (name === "addi") code.constant(immediate);
    else this.translation.get(second);
    code.op(W.i64ExtendSigned, name === "sub" ? W.i64Subtract : W.i64Add);
    code.tee(wide);
    code.get(wide);
    code.op(W.i32Wrap, W.i64ExtendSigned, W.i64Ne);
    this.translation.stopIf();
  }
}
