import { Code, I32, I64, NOTHING, W } from "./code.js";
import type { FrontEnd, Held } from "./frontEnd.js";
import { FUEL } from "./layout.js";

/** Locals of every region; the parameter, the entry's number, is the first. */
export const LOCAL = { entry: 0, fuel: 1, place: 2, stopped: 3, target: 4 } as const;
const OWN_LOCALS = Object.keys(LOCAL).length;

interface HeldLocal extends Held {
  readonly local: number;
  written: boolean;
}

/** A region's function while it is written: what front ends emit code with. */
export class Translation {
  readonly code = new Code();
  private readonly held = new Map<number, HeldLocal>();
  private readonly types: number[] = [];
  private readonly temporaries = new Map<string, number>();
  /** Blocks that are open in the code; jumps count them from the innermost. */
  private readonly labels: object[] = [];
  private place = 0;
  /** Steps before the present unit that the fuel does not know of. */
  private uncounted = 0;

  constructor(private readonly frontEnd: FrontEnd) {}

  /** Puts a register's value on the stack. */
  get(register: number): void {
    if (register === this.frontEnd.zero) this.code.constant(0);
    else this.code.get(this.localOf(register).local);
  }

  /** Puts both operands of an instruction on the stack. */
  getBoth({ first, second }: { readonly first: number; readonly second: number }): void {
    this.get(first);
    this.get(second);
  }

  /** Takes a register's value from the stack. */
  set(register: number): void {
    const held = this.localOf(register);
    held.written = true;
    this.code.set(held.local);
  }

  /** A local by a name, for what does not outlive a unit. */
  temporary(name: string, wide = false): number {
    const known = this.temporaries.get(name);
    if (known !== undefined) return known;
    const local = this.newLocal(wide);
    this.temporaries.set(name, local);
    return local;
  }

  /** Takes a condition from the stack; where it holds, the stepper does the unit, of which nothing must have happened yet. */
  stopIf(): void {
    this.open(W.if);
    this.stop();
    this.close();
  }

  /** The stepper does the unit. */
  stop(): void {
    this.code.constant(1);
    this.code.set(LOCAL.stopped);
    this.leaveFor(this.place, this.uncounted);
    this.branch(LEAVE);
  }

  /** The code of a block or loop until `close`. @param label What `branch` finds it by. */
  open(op: number, label: object = {}, type: number = NOTHING): void {
    this.labels.push(label);
    this.code.op(op, type);
  }

  close(): void {
    this.labels.pop();
    this.code.op(W.end);
  }

  branch(label: object, op: number = W.br): void {
    this.code.op(op);
    this.code.unsigned(this.depthOf(label));
  }

  depthOf(label: object): number {
    return this.labels.length - 1 - this.labels.lastIndexOf(label);
  }

  /** The open blocks, innermost first. */
  get openLabels(): readonly object[] {
    return this.labels.toReversed();
  }

  /** A unit at a place begins, the first of a block or `steps` after the one before. */
  begin(place: number, uncounted: number): void {
    this.place = place;
    this.uncounted = uncounted;
  }

  /** Says where to go on, and takes steps off the fuel. */
  leaveFor(place: number, steps: number): void {
    this.code.constant(place * 4);
    this.code.set(LOCAL.place);
    this.burn(steps);
  }

  burn(steps: number): void {
    if (steps === 0) return;
    this.code.get(LOCAL.fuel);
    this.code.constant(steps);
    this.code.op(W.i32Subtract);
    this.code.set(LOCAL.fuel);
  }

  /** Brings what the region touches to its locals. */
  load(code: Code): void {
    code.constant(0);
    code.access(W.i32Load, 1, FUEL);
    code.set(LOCAL.fuel);
    for (const { local, address, wide, base } of this.inOrder()) {
      this.base(code, base);
      code.access(wide ? W.i64Load : W.i32Load, 1, address);
      code.set(local);
    }
  }

  /** Brings back what the region may have changed. */
  store(code: Code): void {
    for (const { local, address, wide, written, base } of this.held.values()) {
      if (!written) continue;
      this.base(code, base);
      code.get(local);
      code.access(wide ? W.i64Store : W.i32Store, 1, address);
    }
    code.constant(0);
    code.get(LOCAL.fuel);
    code.access(W.i32Store, 1, FUEL);
  }

  declarations(code: Code): void {
    const types = [...new Array<number>(OWN_LOCALS - 1).fill(I32), ...this.types];
    code.unsigned(types.length);
    for (const type of types) code.op(1, type);
  }

  /** What others are found by comes first. */
  private inOrder(): HeldLocal[] {
    const held = [...this.held.values()];
    return [...held.filter(({ base }) => base === undefined), ...held.filter(({ base }) => base !== undefined)];
  }

  private base(code: Code, base: number | undefined): void {
    if (base === undefined) code.constant(0);
    else code.get(this.localOf(base).local);
  }

  private localOf(register: number): HeldLocal {
    const known = this.held.get(register);
    if (known !== undefined) return known;
    const held = this.frontEnd.held(register);
    if (held.base !== undefined) this.localOf(held.base);
    const found = { ...held, local: this.newLocal(held.wide), written: false };
    this.held.set(register, found);
    return found;
  }

  private newLocal(wide: boolean): number {
    this.types.push(wide ? I64 : I32);
    return OWN_LOCALS - 1 + this.types.length;
  }
}

/** The label of the end of a region's code, where its locals are brought back. */
export const LEAVE = { name: "leave" };
