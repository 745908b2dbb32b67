interface Step {
  readonly block: number;
  readonly undo: () => void;
}

/** How to take back what events have changed, block by block, as long as their blocks may be replaced. */
export class UndoLog {
  private steps: Step[] = [];
  private block = 0;

  /** What is remembered from now on is due to an event in `block`. */
  public begin(block: number): void {
    this.block = block;
  }

  /** Remembers how to take the last change back; changes are taken back in the reverse of their order. */
  public remember(undo: () => void): void {
    this.steps.push({ block: this.block, undo });
  }

  /** Takes back what is due to blocks above `block`. */
  public rollBack(block: number): void {
    for (let last = this.steps.at(-1); last !== undefined && last.block > block; last = this.steps.at(-1)) {
      this.steps.pop();
      last.undo();
    }
  }

  /** Forgets how to go back behind `block`. */
  public forget(block: number): void {
    const kept = this.steps.findIndex((step) => step.block > block);
    this.steps = kept < 0 ? [] : this.steps.slice(kept);
  }
}
