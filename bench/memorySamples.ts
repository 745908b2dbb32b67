const INTERVAL = 1_000;

/** What was seen at a time. */
export interface Sample {
  readonly count: number;
  /** Of memory. */
  readonly bytes: number;
}

/** What a process takes while it does something again and again. */
export class MemorySamples {
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;

  /** @param look Gives how often it was done, and the memory. */
  public constructor(look: () => Promise<Sample>) {
    const take = (sample: Sample): void => void this.samples.push(sample);
    this.timer = setInterval(() => void look().then(take, () => undefined), INTERVAL);
  }

  public end(): void {
    clearInterval(this.timer);
  }

  /** In bytes. */
  public get peak(): number {
    return Math.max(...this.samples.map(({ bytes }) => bytes));
  }

  /** Bytes by which the memory grows each time, over the second half: the slope of the straight line that is closest to what was seen. */
  public get growth(): number {
    const half = this.samples.slice(this.samples.length >> 1);
    const [counts, bytes] = [mean(half.map(({ count }) => count)), mean(half.map((sample) => sample.bytes))];
    const above = half.reduce((sum, sample) => sum + (sample.count - counts) * (sample.bytes - bytes), 0);
    const below = half.reduce((sum, { count }) => sum + (count - counts) ** 2, 0);
    return below === 0 ? 0 : above / below;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
