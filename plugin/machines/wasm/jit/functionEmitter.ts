import type { Place } from "../flatten.js";
import type { Instruction } from "../instruction.js";
import type { LoweredFunction } from "../lower.js";
import { isMemoryAccess, isStore } from "../opcodes.js";
import { Reader } from "../reader.js";
import { signed, unsigned } from "./binary.js";
import { frameCheck } from "./counting.js";
import { caseCosts, countByCase } from "./jumpTable.js";
import { Locals } from "./locals.js";
import type { ModuleIndices } from "./moduleIndices.js";
import { checkIndex, tableGet, tableSet, targetOf } from "./regionCode.js";
import { SegmentedCode, type EmittedFunction } from "./segmentedCode.js";

/** Bits of an address within a page whose changes are marked. */
const PAGE_BITS = 12;

/** A block that is open. */
interface Label {
  readonly opcode: number;
  /** Whether anything jumps to its end. */
  joined: boolean;
}

const [LOOP, IF, ELSE, END, UNREACHABLE] = [0x03, 0x04, 0x05, 0x0b, 0x00];

/** Emits a function with its steps counted. Its frame's place on the flat machine's stack is one more parameter, the last. */
export function emitFunction(
  lowered: LoweredFunction,
  code: readonly Instruction[],
  indices: ModuleIndices,
): EmittedFunction {
  return new FunctionEmitter(lowered, code, indices).run();
}

class FunctionEmitter {
  private readonly out = new SegmentedCode();
  private readonly labels: Label[] = [{ opcode: 0x02, joined: false }];
  private readonly reader: Reader;
  private readonly locals: Locals;
  /** Blocks that are open in code that cannot be reached. */
  private skipped = 0;

  constructor(
    private readonly lowered: LoweredFunction,
    private readonly code: readonly Instruction[],
    private readonly indices: ModuleIndices,
  ) {
    const { body } = lowered;
    this.reader = new Reader(body.bytes, body.start, body.end);
    this.locals = new Locals(lowered);
  }

  run(): EmittedFunction {
    const { places, layout } = this.lowered;
    this.out.put(...frameCheck(this.locals.frame, layout.frame, this.indices));
    this.out.start(this.calls(), places[0].at - layout.entry);
    for (let i = 0; i + 1 < places.length; i++) this.instruction(places[i], places[i + 1]);
    return this.out.finish(this.locals.declarations(), this.locals.fuel, this.indices);
  }

  /** Whether it calls anything; what does not ends without a check. */
  private calls(): boolean {
    const { places } = this.lowered;
    return this.code.slice(places[0].at, places[places.length - 1].at).some(({ op }) => op === 0x10 || op === 0x11);
  }

  private instruction(place: Place, next: Place): void {
    this.reader.offset = place.offset;
    const opcode = this.reader.byte();
    if (this.skipped > 0 || !place.reachable) {
      if (this.skip(opcode)) return;
    }
    const cost = next.at - place.at;
    this.out.cost(cost);
    if (opcode >= 0x02 && opcode <= IF) return this.block(opcode, next.offset);
    if (opcode === ELSE) return this.else();
    if (opcode === END) return this.end(next.reachable);
    if (opcode === 0x0c || opcode === 0x0d) return this.branch(opcode, cost);
    if (opcode === 0x0e) return this.branchTable(place.at, next.at);
    if (opcode === 0x10) return this.call(place.at);
    if (opcode === 0x11) return this.callIndirect(place.at);
    this.plain(opcode, place, next);
  }

  /** Passes over what cannot be reached; gives false for the `else` or `end` where it ends. */
  private skip(opcode: number): boolean {
    if (opcode >= 0x02 && opcode <= IF) this.skipped++;
    else if (this.skipped === 0) return opcode !== ELSE && opcode !== END;
    else if (opcode === END) this.skipped--;
    return true;
  }

  private block(opcode: number, end: number): void {
    this.copy(this.reader.offset - 1, end);
    this.labels.push({ opcode, joined: false });
    if (opcode === LOOP) this.out.start(true);
    if (opcode === IF) this.out.start(false);
  }

  private else(): void {
    this.out.put(ELSE);
    this.labels[this.labels.length - 1].joined = true;
    this.out.start(false);
  }

  private end(reachable: boolean): void {
    const { opcode, joined } = this.labels.pop()!;
    this.out.put(END);
    if (this.labels.length === 0) return;
    if (!reachable) this.out.put(UNREACHABLE);
    else if (opcode === IF || joined) this.out.start(false);
  }

  /** What a conditional branch costs if it is taken is counted before, and given back behind it. */
  private branch(opcode: number, cost: number): void {
    const depth = this.reader.u32();
    this.join(depth);
    this.out.put(opcode, ...unsigned(depth));
    if (opcode === 0x0d) this.out.start(false, 1 - cost);
  }

  private branchTable(at: number, end: number): void {
    const depths = this.reader.list(() => this.reader.u32());
    depths.push(this.reader.u32());
    depths.forEach((depth) => this.join(depth));
    const costs = caseCosts(this.code, depths.length, at, end);
    // The table's jump and one more; the stubs are counted by case.
    this.out.cost(2 - (end - at));
    if (new Set(costs).size === 1) this.out.cost(costs[0]);
    else this.out.put(...countByCase(costs, this.locals.address, this.indices));
    this.out.put(0x0e, ...unsigned(depths.length - 1), ...depths.flatMap((depth) => unsigned(depth)));
  }

  private join(depth: number): void {
    const label = this.labels[this.labels.length - 1 - depth];
    if (label.opcode !== LOOP) label.joined = true;
  }

  private call(at: number): void {
    const index = this.reader.u32();
    if (index >= this.indices.importCount) return this.callFrom(at, this.indices.ofFunction(index));
    this.out.put(0x10, ...unsigned(index));
    this.out.start(false);
  }

  private callFrom(at: number, callee: number): void {
    this.putFrame(this.code[at].h);
    this.out.put(0x10, ...unsigned(callee));
    this.out.start(false);
  }

  private callIndirect(at: number): void {
    const type = this.indices.ofType(this.reader.u32());
    const { locals, out, indices } = this;
    const instruction = this.code[at];
    const index = unsigned(locals.address);
    out.put(0x22, ...index, 0x24, ...unsigned(indices.tableIndex));
    const changed = indices.regions.isChanged(instruction);
    if (changed) checkIndex(out, locals, instruction, at);
    this.putFrame(instruction.h);
    if (changed) targetOf(out, locals, instruction);
    else out.put(0x20, ...index);
    out.mark(at);
    out.put(0x11, ...unsigned(type), ...unsigned(indices.regions.tableOf(instruction)));
    this.out.start(false);
  }

  private plain(opcode: number, place: Place, next: Place): void {
    if (opcode >= 0x20 && opcode <= 0x22) this.out.put(opcode, ...unsigned(this.locals.of(this.reader.u32())));
    else if (opcode === 0x25) tableGet(this.out, this.locals, this.code[place.at], place.at);
    else if (opcode === 0x26) tableSet(this.out, this.locals, this.code[place.at], place.at, this.indices.regions);
    else if (opcode === 0xd2) this.constant(this.code[place.at]);
    else if (opcode === 0x40) this.out.put(0x10, ...unsigned(this.indices.growFunction));
    else if (isMemoryAccess(opcode) && isStore(opcode)) this.store(opcode, place, next);
    else {
      if (mayTrap(opcode)) this.out.mark(place.at);
      this.copy(place.offset, next.offset);
    }
  }

  /** A reference, which is its slot's 64 bits. */
  private constant({ high, low }: Instruction): void {
    this.out.put(0x42, ...signed(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))));
  }

  /** A store, then a mark on the page of its first byte. */
  private store(opcode: number, place: Place, next: Place): void {
    const { address, low, wide } = this.locals;
    const value = unsigned(opcode === 0x37 || opcode >= 0x3c ? wide : low);
    this.out.put(0x21, ...value, 0x22, ...unsigned(address), 0x20, ...value);
    this.out.mark(place.at);
    this.copy(place.offset, next.offset);
    this.out.put(0x20, ...unsigned(address));
    const offset = this.code[place.at].low;
    if (offset > 0) this.out.put(0x41, ...signed(offset | 0), 0x6a);
    this.out.put(0x41, PAGE_BITS, 0x76, 0x41, 1, 0x3a, 0x40, 1, 0);
  }

  private putFrame(h: number): void {
    this.out.put(0x20, ...unsigned(this.locals.frame));
    if (h > 0) this.out.put(0x41, ...signed(h), 0x6a);
  }

  private copy(start: number, end: number): void {
    this.out.copy(this.lowered.body.bytes, start, end);
  }
}

function mayTrap(opcode: number): boolean {
  const divides = (opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82);
  return opcode === UNREACHABLE || divides || isMemoryAccess(opcode);
}
