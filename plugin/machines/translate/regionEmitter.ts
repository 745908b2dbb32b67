import { Code, W } from "./code.js";
import type { FrontEnd, Unit } from "./frontEnd.js";
import { ENTRIES, ENTRY_BITS, ENTRY_COUNT, PLACE, STOPPED } from "./layout.js";
import type { RegionPlan } from "./regionPlan.js";
import { contains, RegionShape, type RegionLoop } from "./regionShape.js";
import { LEAVE, LOCAL, Translation } from "./translation.js";

/** Where control that leaves the region's known ways looks for its place, and where the region begins anew. */
const FIND = { name: "find" };
const ROOT = { name: "root" };

/** Blocks that are emitted as one, and the label of jumps forward to the first. */
class Item {
  constructor(
    readonly first: number,
    readonly last: number,
    readonly loop: RegionLoop | undefined,
  ) {}
}

/** A region's function, which takes the number of an entry. */
export interface EmittedRegion {
  readonly body: Code;
  /** Numbers of entries by their places. */
  readonly entries: ReadonlyMap<number, number>;
}

/** @param index The function's place in the table. */
export function emitRegion<U extends Unit>(frontEnd: FrontEnd<U>, plan: RegionPlan<U>, index: number): EmittedRegion {
  return new RegionEmitter(frontEnd, plan, index).run();
}

class RegionEmitter<U extends Unit> {
  private readonly translation: Translation;
  private readonly shape: RegionShape;

  constructor(
    private readonly frontEnd: FrontEnd<U>,
    private readonly plan: RegionPlan<U>,
    private readonly index: number,
  ) {
    this.translation = new Translation(frontEnd);
    this.shape = new RegionShape(plan);
  }

  run(): EmittedRegion {
    const { translation, plan, shape } = this;
    const { code } = translation;
    translation.open(W.loop, ROOT);
    translation.open(W.block, LEAVE);
    translation.open(W.block, FIND);
    this.range(0, plan.blocks.length - 1, undefined);
    code.op(W.unreachable);
    translation.close();
    this.find();
    translation.close();
    translation.store(code);
    this.transfer();
    translation.close();
    code.op(W.unreachable, W.end);
    const body = new Code();
    translation.declarations(body);
    translation.load(body);
    body.append(code);
    return { body, entries: new Map(plan.entries.map((at) => [at, shape.entries.get(plan.numbers.get(at)!)!])) };
  }

  /** The blocks from one to another: of a loop, or of the region. */
  private range(first: number, last: number, around: RegionLoop | undefined): void {
    const { translation, shape } = this;
    const items = this.itemsOf(first, last, around);
    const targets = items.filter((item) => shape.targets.has(item.first));
    for (const target of targets.toReversed()) translation.open(W.block, target);
    if (around === undefined || around.dispatches) this.dispatch(targets, around);
    for (const item of items) {
      if (shape.targets.has(item.first)) translation.close();
      if (item.loop === undefined) this.block(item.first);
      else this.loop(item.loop);
    }
  }

  private itemsOf(first: number, last: number, around: RegionLoop | undefined): Item[] {
    const items: Item[] = [];
    for (let block = first; block <= last; block = items[items.length - 1].last + 1) {
      const found = this.shape.loopAt(block);
      const loop = found === around ? undefined : found;
      items.push(new Item(block, loop?.last ?? block, loop));
    }
    return items;
  }

  private loop(loop: RegionLoop): void {
    this.translation.open(W.loop, loop);
    this.range(loop.first, loop.last, loop);
    this.translation.close();
  }

  /** Goes on at what holds the block of the entry; at the first one of a loop if it is of none in there. */
  private dispatch(targets: readonly Item[], around: RegionLoop | undefined): void {
    const { translation, shape } = this;
    const { code } = translation;
    const otherwise = {};
    translation.open(W.block, otherwise);
    if (around !== undefined) {
      code.get(LOCAL.entry);
      code.op(W.i32Eqz);
      translation.branch(otherwise, W.brIf);
    }
    code.get(LOCAL.entry);
    code.op(W.brTable);
    code.unsigned(shape.entries.size + 1);
    const depths = [translation.depthOf(otherwise)];
    for (const [block, number] of shape.entries) {
      const target = targets.find((item) => contains(item, block));
      depths[number] = translation.depthOf(target ?? otherwise);
    }
    for (const depth of [...depths, depths[0]]) code.unsigned(depth);
    translation.close();
    if (around === undefined) code.op(W.unreachable);
  }

  private block(number: number): void {
    const { translation } = this;
    const { units, end } = this.plan.blocks[number];
    let steps = 0;
    for (const unit of units) {
      translation.begin(unit.place, steps);
      if (unit.flow.kind === "outside") return translation.stop();
      this.frontEnd.emit(unit, translation);
      steps += unit.length;
    }
    translation.burn(steps);
    this.leave(number, units[units.length - 1], end);
  }

  /** What follows a block; the steps are counted, and what `emit` left is on the stack. */
  private leave(from: number, { flow }: U, end: number): void {
    const { translation } = this;
    switch (flow.kind) {
      case "branch":
        this.branch(from, flow.target);
        return this.goOn(from, end);
      case "jump":
        return this.jump(from, flow.target);
      case "indirect":
        translation.code.set(LOCAL.place);
        return translation.branch(FIND);
      case "switch":
        return this.switch(from, flow.targets);
      default:
        return this.goOn(from, end);
    }
  }

  /** To the place behind a block, which follows it if it is of this region. */
  private goOn(from: number, place: number): void {
    const to = this.plan.numbers.get(place);
    if (to === undefined) return this.jumpOut(place);
    if (to !== from + 1) throw new Error(`block ${from} is not followed by what is behind it`);
    this.setEntry(from, to);
  }

  private branch(from: number, place: number): void {
    const { translation } = this;
    const to = this.plan.numbers.get(place);
    if (to !== undefined && to > from && this.shape.entryFor(from, to) === undefined) {
      return translation.branch(this.forward(to), W.brIf);
    }
    translation.open(W.if);
    this.jump(from, place);
    translation.close();
  }

  private jump(from: number, place: number): void {
    const to = this.plan.numbers.get(place);
    if (to === undefined) return this.jumpOut(place);
    this.setEntry(from, to);
    if (to > from) this.translation.branch(this.forward(to));
    else this.jumpBack(this.shape.loopAt(to)!, place);
  }

  /** To the head of a loop if there is fuel. */
  private jumpBack(loop: RegionLoop, place: number): void {
    const { translation } = this;
    translation.code.get(LOCAL.fuel);
    translation.code.constant(0);
    translation.code.op(W.i32GreaterSigned);
    translation.branch(loop, W.brIf);
    this.jumpOut(place);
  }

  private jumpOut(place: number): void {
    this.translation.leaveFor(place, 0);
    this.translation.branch(FIND);
  }

  private switch(from: number, targets: readonly number[]): void {
    const { translation } = this;
    const labels = new Map(targets.map((place) => [place, {}]));
    const opened = [...labels];
    const number = translation.temporary("switch");
    translation.code.set(number);
    for (const [, label] of opened.toReversed()) translation.open(W.block, label);
    translation.code.get(number);
    translation.code.op(W.brTable);
    translation.code.unsigned(targets.length - 1);
    for (const place of targets) translation.code.unsigned(translation.depthOf(labels.get(place)!));
    for (const [place] of opened) {
      translation.close();
      this.jump(from, place);
    }
  }

  private setEntry(from: number, to: number): void {
    const entry = this.shape.entryFor(from, to);
    if (entry === undefined) return;
    this.translation.code.constant(entry);
    this.translation.code.set(LOCAL.entry);
  }

  private forward(to: number): Item {
    return this.translation.openLabels.find((label) => label instanceof Item && contains(label, to)) as Item;
  }

  /** Looks whose entry the place is: begins anew if it is this region's, and else leaves for its function or, if there is none, for good. */
  private find(): void {
    const { translation, index } = this;
    const { code } = translation;
    const slot = translation.temporary("slot");
    code.get(LOCAL.fuel);
    code.constant(0);
    code.op(W.i32AtMostSigned);
    translation.branch(LEAVE, W.brIf);
    code.get(LOCAL.place);
    code.constant(4 * ENTRY_COUNT - 4);
    code.op(W.i32And);
    code.constant(1);
    code.op(W.i32ShiftLeft);
    code.tee(slot);
    code.access(W.i32Load, 1, ENTRIES);
    code.get(LOCAL.place);
    code.constant(1);
    code.op(W.i32Or, W.i32Ne);
    translation.branch(LEAVE, W.brIf);
    code.get(slot);
    code.access(W.i32Load, 1, ENTRIES + 4);
    code.tee(slot);
    code.constant(2 ** ENTRY_BITS - 1);
    code.op(W.i32And);
    code.set(LOCAL.entry);
    code.get(slot);
    code.constant(ENTRY_BITS);
    code.op(W.i32ShiftRight);
    if (this.frontEnd.framed) return code.set(LOCAL.target);
    code.tee(slot);
    code.constant(index);
    code.op(W.i32Eq);
    translation.branch(ROOT, W.brIf);
    code.get(slot);
    code.set(LOCAL.target);
  }

  /** To another region's function, or back to who called. */
  private transfer(): void {
    const { code } = this.translation;
    code.get(LOCAL.target);
    this.translation.open(W.if);
    code.get(LOCAL.entry);
    code.get(LOCAL.target);
    code.op(W.returnCallIndirect, 0, 0);
    this.translation.close();
    code.constant(0);
    code.get(LOCAL.place);
    code.access(W.i32Store, 1, PLACE);
    code.constant(0);
    code.get(LOCAL.stopped);
    code.access(W.i32Store, 1, STOPPED);
    code.op(W.return);
  }
}
