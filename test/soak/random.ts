/** Draws that follow from a seed. */
export class Random {
  private state: number;

  public constructor(seed: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) | 1;
  }

  /** A number from 0 to `end - 1`: xorshift. */
  public below(end: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % end;
  }

  public pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }
}
