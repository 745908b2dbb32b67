import { STACK_SLOTS, type Instruction } from "../instruction.js";
import type { LoweredFunction } from "../lower.js";
import type { Place } from "../flatten.js";
import { isMemoryAccess, isStore, PREFIX } from "../opcodes.js";
import { Reader } from "../reader.js";
import { Trap } from "../traps.js";
import { signed, unsigned } from "./binary.js";

/** Bits of an address within a page whose changes are marked. */
const PAGE_BITS = 12;

/** A cause beside those of traps: the budget is used up. */
export const OUT_OF_FUEL = 255;

/** Where the instrumented module has what functions refer to. */
export interface ModuleIndices {
  /** Globals: the steps that are left, why the code itself stopped, and the index of the last indirect call. */
  readonly fuel: number;
  readonly cause: number;
  readonly tableIndex: number;
  readonly growFunction: number;
  /** The function that has the code of a direct call's callee: by function index of the module, and by its flat entry. */
  ofFunction(index: number): number;
  ofEntry(entry: number): number;
  /** The type that functions have here which are of type `index` in the module. */
  ofType(index: number): number;
  readonly importCount: number;
}

/** An instruction that V8 may trap at. */
export interface TrapPoint {
  /** Steps that were counted before they were taken. */
  readonly ahead: number;
  /** Its number in the flat code. */
  readonly at: number;
}

/** A function's code, and its trap points by their offset in it. */
export interface EmittedFunction {
  readonly bytes: number[];
  readonly points: ReadonlyMap<number, TrapPoint>;
}

/** Code that runs from its first to its last instruction unless it traps; all its steps are counted at its head. */
interface Segment {
  cost: number;
  /** Whether the budget is checked before. */
  readonly checked: boolean;
}

/** Stands in the code before an instruction that may trap. */
class Mark {
  constructor(
    readonly segment: Segment,
    readonly cost: number,
    readonly at: number,
  ) {}
}

/** A block that is open. */
interface Label {
  readonly opcode: number;
  /** Whether anything jumps to its end. */
  joined: boolean;
}

const [IF, ELSE, END, UNREACHABLE] = [0x04, 0x05, 0x0b, 0x00];
const EMPTY = 0x40;

/** Emits a function with its steps counted. Its frame's place on the flat machine's stack is one more parameter, the last. */
export function emitFunction(
  lowered: LoweredFunction,
  code: readonly Instruction[],
  indices: ModuleIndices,
): EmittedFunction {
  return new FunctionEmitter(lowered, code, indices).run();
}

/** Emits the function around an import for indirect calls: the host call is a step, and so is the return. */
export function emitThunk(index: number, parameters: number, frame: number, indices: ModuleIndices): EmittedFunction {
  const code = [...unsigned(0), ...frameCheck(parameters, frame, indices), ...count(1, indices)];
  for (let i = 0; i < parameters; i++) code.push(0x20, ...unsigned(i));
  code.push(0x10, ...unsigned(index), ...count(1, indices), END);
  return { bytes: code, points: new Map() };
}

class FunctionEmitter {
  private readonly items: (number | Segment | Mark)[] = [];
  private readonly labels: Label[] = [{ opcode: 0x02, joined: false }];
  private readonly reader: Reader;
  private readonly parameters: number;
  private readonly scratch: {
    readonly address: number;
    readonly low: number;
    readonly wide: number;
    readonly fuel: number;
  };
  private segment: Segment = { cost: 0, checked: false };
  /** Blocks that are open in code that cannot be reached. */
  private skipped = 0;

  constructor(
    private readonly lowered: LoweredFunction,
    private readonly code: readonly Instruction[],
    private readonly indices: ModuleIndices,
  ) {
    const { body, layout } = lowered;
    this.reader = new Reader(body.bytes, body.start, body.end);
    this.parameters = layout.parameters;
    const first = layout.parameters + 1 + body.locals.length;
    this.scratch = { address: first, low: first + 1, wide: first + 2, fuel: first + 3 };
  }

  run(): EmittedFunction {
    const { places, layout } = this.lowered;
    this.put(...frameCheck(this.parameters, layout.frame, this.indices));
    this.startSegment(this.calls(), places[0].at - layout.entry);
    for (let i = 0; i + 1 < places.length; i++) this.instruction(places[i], places[i + 1]);
    return this.finish();
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
    this.segment.cost += cost;
    if (opcode >= 0x02 && opcode <= IF) return this.block(opcode, next.offset);
    if (opcode === ELSE) return this.else();
    if (opcode === END) return this.end(next.reachable);
    if (opcode === 0x0c || opcode === 0x0d) return this.branch(opcode, cost);
    if (opcode === 0x0e) return this.branchTable(place.at, next.at);
    if (opcode === 0x10) return this.call(place.at);
    if (opcode === 0x11) return this.callIndirect(place.at);
    if (opcode === PREFIX.misc) return this.callFrom(place.at, this.indices.ofEntry(this.code[place.at].a));
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
    if (opcode === 0x03) this.startSegment(true);
    if (opcode === IF) this.startSegment(false);
  }

  private else(): void {
    this.put(ELSE);
    this.labels[this.labels.length - 1].joined = true;
    this.startSegment(false);
  }

  private end(reachable: boolean): void {
    const { opcode, joined } = this.labels.pop()!;
    this.put(END);
    if (this.labels.length === 0) return;
    if (!reachable) this.put(UNREACHABLE);
    else if (opcode === IF || joined) this.startSegment(false);
  }

  /** What a conditional branch costs if it is taken is counted before, and given back behind it. */
  private branch(opcode: number, cost: number): void {
    const depth = this.reader.u32();
    this.join(depth);
    this.put(opcode, ...unsigned(depth));
    if (opcode === 0x0d) this.startSegment(false, 1 - cost);
  }

  private branchTable(at: number, end: number): void {
    const depths = this.reader.list(() => this.reader.u32());
    depths.push(this.reader.u32());
    depths.forEach((depth) => this.join(depth));
    const costs = depths.map((_, index) => this.stubCost(this.code[at + 1 + index].a, at, end));
    this.segment.cost -= end - at - 2;
    this.countByCase(costs);
    this.put(0x0e, ...unsigned(depths.length - 1), ...depths.flatMap((depth) => unsigned(depth)));
  }

  /** Steps between a table's jump to `target` and the label; none if it goes there at once. */
  private stubCost(target: number, at: number, end: number): number {
    if (target <= at || target >= end) return 0;
    let last = target;
    while (this.code[last].op === 0x20) last++;
    return last + 1 - target;
  }

  /** Counts `costs[i]` steps where the operand is `i`, the last ones where it is greater; leaves the operand. */
  private countByCase(costs: readonly number[]): void {
    const distinct = [...new Set(costs)];
    if (distinct.length === 1) {
      this.segment.cost += distinct[0];
      return;
    }
    const operand = unsigned(this.scratch.address);
    this.put(0x21, ...operand);
    for (let i = 0; i <= distinct.length; i++) this.put(0x02, EMPTY);
    const depths = costs.map((cost) => unsigned(distinct.indexOf(cost)));
    this.put(0x20, ...operand, 0x0e, ...unsigned(costs.length - 1), ...depths.flat());
    distinct.forEach((cost, index) => {
      this.put(END, ...count(cost, this.indices), 0x0c, ...unsigned(distinct.length - 1 - index));
    });
    this.put(END, 0x20, ...operand);
  }

  private join(depth: number): void {
    const label = this.labels[this.labels.length - 1 - depth];
    if (label.opcode !== 0x03) label.joined = true;
  }

  private call(at: number): void {
    const index = this.reader.u32();
    if (index >= this.indices.importCount) return this.callFrom(at, this.indices.ofFunction(index));
    this.put(0x10, ...unsigned(index));
    this.startSegment(false);
  }

  private callFrom(at: number, callee: number): void {
    this.putFrame(this.code[at].h);
    this.put(0x10, ...unsigned(callee));
    this.startSegment(false);
  }

  private callIndirect(at: number): void {
    const [type, table] = [this.reader.u32(), this.reader.u32()];
    const index = unsigned(this.scratch.address);
    this.put(0x22, ...index, 0x24, ...unsigned(this.indices.tableIndex));
    this.putFrame(this.code[at].h);
    this.put(0x20, ...index);
    this.mark(at);
    this.put(0x11, ...unsigned(this.indices.ofType(type)), ...unsigned(table));
    this.startSegment(false);
  }

  private plain(opcode: number, place: Place, next: Place): void {
    if (opcode >= 0x20 && opcode <= 0x22) {
      const local = this.reader.u32();
      this.put(opcode, ...unsigned(local < this.parameters ? local : local + 1));
    } else if (opcode === 0x40) this.put(0x10, ...unsigned(this.indices.growFunction));
    else if (isMemoryAccess(opcode) && isStore(opcode)) this.store(opcode, place, next);
    else {
      if (mayTrap(opcode)) this.mark(place.at);
      this.copy(place.offset, next.offset);
    }
  }

  /** A store, then a mark on the page of its first byte. */
  private store(opcode: number, place: Place, next: Place): void {
    const { address, low, wide } = this.scratch;
    const value = unsigned(opcode === 0x37 || opcode >= 0x3c ? wide : low);
    this.put(0x21, ...value, 0x22, ...unsigned(address), 0x20, ...value);
    this.mark(place.at);
    this.copy(place.offset, next.offset);
    this.put(0x20, ...unsigned(address));
    const offset = this.code[place.at].low;
    if (offset > 0) this.put(0x41, ...signed(offset | 0), 0x6a);
    this.put(0x41, PAGE_BITS, 0x76, 0x41, 1, 0x3a, 0x40, 1, 0);
  }

  private putFrame(h: number): void {
    this.put(0x20, ...unsigned(this.parameters));
    if (h > 0) this.put(0x41, ...signed(h), 0x6a);
  }

  private startSegment(checked: boolean, cost = 0): void {
    this.segment = { cost, checked };
    this.items.push(this.segment);
  }

  private mark(at: number): void {
    this.items.push(new Mark(this.segment, this.segment.cost, at));
  }

  private put(...bytes: number[]): void {
    for (const byte of bytes) this.items.push(byte);
  }

  private copy(start: number, end: number): void {
    const { bytes } = this.lowered.body;
    for (let at = start; at < end; at++) this.items.push(bytes[at]);
  }

  private finish(): EmittedFunction {
    const bytes = [...localDeclarations(this.lowered.body.locals)];
    const points = new Map<number, TrapPoint>();
    for (const item of this.items) {
      if (typeof item === "number") bytes.push(item);
      else if (item instanceof Mark) points.set(bytes.length, { ahead: item.segment.cost - item.cost, at: item.at });
      else for (const byte of this.head(item)) bytes.push(byte);
    }
    return { bytes, points };
  }

  private head({ cost, checked }: Segment): number[] {
    if (!checked) return count(cost, this.indices);
    const [fuel, local] = [unsigned(this.indices.fuel), unsigned(this.scratch.fuel)];
    const check = [0x23, ...fuel, 0x22, ...local, 0x42, 0, 0x53, IF, EMPTY, ...stop(OUT_OF_FUEL, this.indices), END];
    return [...check, 0x20, ...local, 0x42, ...signed(cost), 0x7d, 0x24, ...fuel];
  }
}

/** Declared locals, and those that the instrumentation uses. */
function localDeclarations(locals: readonly string[]): number[] {
  const types = locals.map((type) => (type === "i32" ? 0x7f : 0x7e));
  types.push(0x7f, 0x7f, 0x7e, 0x7e);
  const runs: [number, number][] = [];
  for (const type of types) {
    const last = runs[runs.length - 1] as [number, number] | undefined;
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  return [...unsigned(runs.length), ...runs.flatMap(([length, type]) => [...unsigned(length), type])];
}

/** Takes `cost` steps off the budget. */
function count(cost: number, { fuel }: ModuleIndices): number[] {
  if (cost === 0) return [];
  return [0x23, ...unsigned(fuel), 0x42, ...signed(cost), 0x7d, 0x24, ...unsigned(fuel)];
}

/** Traps, as the flat machine's call does, if the frame does not fit. */
function frameCheck(pointer: number, frame: number, indices: ModuleIndices): number[] {
  const limit = signed(STACK_SLOTS - frame);
  return [0x20, ...unsigned(pointer), 0x41, ...limit, 0x4a, IF, EMPTY, ...stop(Trap.stack, indices), END];
}

function stop(cause: number, indices: ModuleIndices): number[] {
  return [0x41, ...signed(cause), 0x24, ...unsigned(indices.cause), UNREACHABLE];
}

function mayTrap(opcode: number): boolean {
  const divides = (opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82);
  return opcode === UNREACHABLE || divides || isMemoryAccess(opcode);
}
