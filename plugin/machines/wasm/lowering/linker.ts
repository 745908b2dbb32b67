import { softfloatLibrary, TRAP_CAUSES } from "../../softfloat/library.js";
import type { WasmModule } from "../module.js";
import { parseModule } from "../parse.js";
import type { TrapCause } from "../../traps.js";
import type { AppendedFunction } from "./appended.js";
import { rewriteBody, unsignedLeb } from "./rewrite.js";

const CALL = 0x10;

let parsed: WasmModule | undefined;

/** Takes from the library of software floats what a module uses, and what that calls. */
export class SoftfloatLinker {
  /** By index in the library: the index in the module. */
  private readonly indices = new Map<number, number>();
  private readonly used: number[] = [];
  private readonly library = (parsed ??= parseModule(softfloatLibrary()));
  private readonly causes: ReadonlyMap<number, TrapCause>;

  /** @param first The index in the module of the first function that is linked. */
  constructor(private readonly first: number) {
    this.causes = new Map(TRAP_CAUSES.map(([name, cause]) => [this.indexOf(name), cause]));
  }

  /** A call of the function of that name. */
  call(name: string): number[] {
    return this.callIndex(this.indexOf(name));
  }

  /** The functions that were called, by their indices in the module. */
  finish(): AppendedFunction[] {
    const linked: AppendedFunction[] = [];
    // Linking one may add others behind it.
    for (let next = 0; next < this.used.length; next++) linked.push(this.link(this.used[next]));
    return linked;
  }

  private link(index: number): AppendedFunction {
    const { types, functions, bodies } = this.library;
    const body = rewriteBody(bodies[index], (opcode, reader) =>
      opcode === CALL ? this.callIndex(reader.u32()) : undefined,
    );
    return { type: types[functions[index]], body: { ...body, trap: this.causes.get(index) } };
  }

  private callIndex(index: number): number[] {
    let target = this.indices.get(index);
    if (target === undefined) {
      target = this.first + this.used.length;
      this.indices.set(index, target);
      this.used.push(index);
    }
    return [CALL, ...unsignedLeb(target)];
  }

  private indexOf(name: string): number {
    const index = this.library.exports.functions.get(name);
    if (index === undefined) throw new Error(`the library of software floats has no ${name}`);
    return index;
  }
}
