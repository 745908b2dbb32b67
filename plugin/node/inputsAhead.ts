import type { Input } from "../input.js";
import type { Derivation } from "./derive.js";

/** Does what makes executing an input faster; nothing else depends on it. */
export type PrepareInput = (input: Input) => Promise<void>;

/** How many bytes of inputs are prepared while the one before them is executed; always one input. */
const BYTES_AHEAD = 2 ** 19;

/** Has the inputs that are executed next prepared, while one is executed. */
export class InputsAhead {
  private prepared = new Map<number, Promise<void>>();

  public constructor(
    private readonly derivation: Derivation,
    private readonly prepare: PrepareInput,
  ) {}

  /** Comes back when an input, of those that are known, is prepared; those behind it are on their way then. */
  public async ready(number: number): Promise<void> {
    for (const past of this.prepared.keys()) if (past < number) this.prepared.delete(past);
    let bytes = 0;
    for (let next = number; next < this.derivation.known && bytes <= BYTES_AHEAD; next++) {
      const input = this.derivation.input(next);
      if (!this.prepared.has(next))
        this.prepared.set(
          next,
          this.prepare(input).catch(() => undefined),
        );
      bytes += Number(input.header.length);
    }
    await this.prepared.get(number);
  }

  /** Inputs were replaced. */
  public forget(): void {
    this.prepared = new Map();
  }
}
