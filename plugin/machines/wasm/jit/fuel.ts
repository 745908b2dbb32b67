/** A call's budget. The code gets it in slices, so that between two of them somebody can look at the clock. */
export class Fuel {
  private reserve: number;

  /**
   * @param given The module's global: the steps that the code may take before it asks for more.
   * @param slice How many it is given at a time.
   */
  constructor(
    private readonly given: WebAssembly.Global,
    budget: number,
    private readonly slice: number,
  ) {
    this.reserve = budget;
    given.value = 0n;
    this.grant();
  }

  /** Steps that are left; below 0 once more were taken than there were. */
  get left(): number {
    return this.reserve + Number(this.given.value);
  }

  /** Gives the code its next slice. False if the budget is used up. */
  grant(): boolean {
    const { left } = this;
    if (left < 0) return false;
    this.give(Math.min(left, this.slice));
    return true;
  }

  /** Takes back what the code was given, so that it asks the next time that it can. */
  recall(): void {
    this.give(-1);
  }

  private give(steps: number): void {
    this.reserve = this.left - steps;
    this.given.value = BigInt(steps);
  }
}
