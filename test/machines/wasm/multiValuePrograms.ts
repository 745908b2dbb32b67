import { named, signed, sized, unsigned, vector } from "../../fuzz/binary.js";
import type { Random } from "../../fuzz/random.js";
import { assembleSections } from "./guest.js";

const [I32, I64, F32, F64] = [0x7f, 0x7e, 0x7d, 0x7c];
const TYPES = [I32, I64, F32, F64];

interface Signature {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** What a branch to a label carries. */
type Label = readonly number[];

const FUNCTIONS = 6;
const SIGNATURES = 14;
/** How often loops of one call may go round. */
const TURNS = 40;

/** Instructions that take one operand, by its type: they move bits, so that no engine chooses a NaN. */
const UNARY: Readonly<Record<number, readonly number[]>> = {
  [I32]: [0x67, 0xc0],
  [I64]: [0x79, 0xc4],
  [F32]: [0x8b, 0x8c],
  [F64]: [0x99, 0x9a],
};
const BINARY: Readonly<Record<number, readonly number[]>> = {
  [I32]: [0x6a, 0x73],
  [I64]: [0x7c, 0x85],
  [F32]: [0x98],
  [F64]: [0xa6],
};

/**
 * A random module whose functions `f0`, `f1`, ... and blocks take and give several values of all types of numbers, and whose branches
 * carry them.
 */
export function multiValueModule(random: Random): Uint8Array {
  const types = (most: number): number[] => Array.from({ length: random.below(most + 1) }, () => pick(random, TYPES));
  const signatures = Array.from({ length: SIGNATURES }, () => ({ parameters: types(4), results: types(4) }));
  const bodies = Array.from({ length: FUNCTIONS }, (_, index) => new BodyWriter(random, signatures, index).run());
  const exported = bodies.map((_, index) => [...named(`f${index}`), 0, index]);
  const types_ = signatures.map(({ parameters, results }) => [0x60, ...sized(parameters), ...sized(results)]);
  return assembleSections({
    1: vector([...types_, [0x60, 0, 0]]),
    3: vector([...bodies.map((_, index) => [index]), [SIGNATURES]]),
    7: vector([...exported, [...named("handle"), 0, FUNCTIONS]]),
    10: vector([...bodies, [0, 0x0b]].map(sized)),
  });
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)];
}

/** Writes function `index`, which may call those before it. */
class BodyWriter {
  private readonly code: number[] = [];
  private readonly labels: Label[];
  private readonly locals: readonly number[];
  private readonly turns: number;
  private stack: number[] = [];

  constructor(
    private readonly random: Random,
    private readonly signatures: readonly Signature[],
    private readonly index: number,
  ) {
    const { parameters, results } = signatures[index];
    this.locals = [...parameters, ...TYPES, ...TYPES];
    this.turns = this.locals.length;
    this.labels = [results];
  }

  run(): number[] {
    const { results } = this.signatures[this.index];
    this.put(0x41, TURNS, 0x21, this.turns);
    this.sequence(results, 3);
    const declared = [...TYPES, ...TYPES, I32].map((type) => [1, type]);
    return [...vector(declared), ...this.code, 0x0b];
  }

  /** Code that leaves exactly `results` of what it finds and makes; or ends in a jump. */
  private sequence(results: readonly number[], depth: number): void {
    const count = 1 + this.random.below(6);
    for (let i = 0; i < count; i++) if (!this.statement(depth)) return;
    if (this.stack.join() === results.join()) return;
    for (const _ of this.stack) this.put(0x1a);
    this.stack = [];
    this.pushAll(results);
  }

  /** Gives false if what follows cannot be reached. */
  private statement(depth: number): boolean {
    const kind = this.random.below(depth > 0 ? 11 : 7);
    if (kind < 2) this.push(pick(this.random, TYPES));
    else if (kind === 2) this.numeric();
    else if (kind === 3) this.set();
    else if (kind === 4) this.branchIf();
    else if (kind === 5) this.call();
    else if (kind === 6) return this.random.below(4) > 0 || this.jump();
    else if (kind === 7) this.choose(depth);
    else this.block(pick(this.random, [0x02, 0x03]), depth);
    return true;
  }

  private numeric(): void {
    const type = pick(this.random, TYPES);
    const isBinary = this.random.below(2) === 1;
    this.push(type);
    if (isBinary) this.push(type);
    this.put(pick(this.random, (isBinary ? BINARY : UNARY)[type]));
    if (isBinary) this.stack.pop();
  }

  /** Keeps the topmost value in a local of its type. */
  private set(): void {
    const type = this.stack.pop();
    if (type !== undefined) this.put(0x21, this.local(type));
  }

  private call(): void {
    if (this.index === 0) return;
    const callee = this.random.below(this.index);
    const { parameters, results } = this.signatures[callee];
    this.pushAll(parameters);
    this.put(0x10, callee);
    this.replace(parameters, results);
  }

  private block(opcode: number, depth: number): void {
    const index = this.random.below(SIGNATURES);
    const { parameters, results } = this.signatures[index];
    this.pushAll(parameters);
    this.put(opcode, ...signed(index));
    this.inside(opcode === 0x03 ? parameters : results, parameters, () => {
      if (opcode === 0x03) this.turn();
      this.sequence(results, depth - 1);
    });
    this.put(0x0b);
    this.replace(parameters, results);
  }

  /** An `if`, whose arms take and give the same. */
  private choose(depth: number): void {
    const index = this.random.below(SIGNATURES);
    const { parameters, results } = this.signatures[index];
    this.pushAll([...parameters, I32]);
    this.stack.pop();
    this.put(0x04, ...signed(index));
    this.inside(results, parameters, () => this.sequence(results, depth - 1));
    if (parameters.join() !== results.join() || this.random.below(2) === 0) {
      this.put(0x05);
      this.inside(results, parameters, () => this.sequence(results, depth - 1));
    }
    this.put(0x0b);
    this.replace(parameters, results);
  }

  private inside(label: Label, parameters: readonly number[], write: () => void): void {
    const outside = this.stack;
    this.stack = [...parameters];
    this.labels.push(label);
    write();
    this.labels.pop();
    this.stack = outside;
  }

  /** Traps when the turns of a call are used up. */
  private turn(): void {
    this.put(0x20, this.turns, 0x41, 1, 0x6b, 0x22, this.turns, 0x45, 0x04, 0x40, 0x00, 0x0b);
  }

  private branchIf(): void {
    const depth = this.random.below(this.labels.length);
    this.pushAll([...this.label(depth), I32]);
    this.stack.pop();
    this.put(0x0d, depth);
  }

  /** A `br`, or a `br_table` of labels that carry the same. Gives false. */
  private jump(): false {
    const depth = this.random.below(this.labels.length);
    const types = this.label(depth);
    this.pushAll(types);
    const same = this.labels.flatMap((_, other) => (this.label(other).join() === types.join() ? [other] : []));
    if (same.length > 1) {
      this.push(I32);
      this.put(0x0e, ...vector(same.slice(1).map((other) => unsigned(other))), same[0]);
    } else this.put(0x0c, depth);
    return false;
  }

  private label(depth: number): Label {
    return this.labels[this.labels.length - 1 - depth];
  }

  private replace(parameters: readonly number[], results: readonly number[]): void {
    this.stack.splice(this.stack.length - parameters.length);
    this.stack.push(...results);
  }

  private pushAll(types: readonly number[]): void {
    for (const type of types) this.push(type);
  }

  private push(type: number): void {
    this.stack.push(type);
    if (this.random.below(3) > 0) this.put(0x20, this.local(type));
    else if (type === I32) this.put(0x41, ...signed(this.random.below(9) - 4));
    else if (type === I64) this.put(0x42, ...signed(this.random.below(2 ** 31)));
    else if (type === F32) this.put(0x43, 0, 0, this.random.below(128), 0x41);
    else this.put(0x44, 0, 0, 0, 0, 0, 0, this.random.below(256), 0xc0);
  }

  private local(type: number): number {
    const all = this.locals.flatMap((other, index) => (other === type ? [index] : []));
    return pick(this.random, all);
  }

  private put(...bytes: number[]): void {
    this.code.push(...bytes);
  }
}
