/** Remembers what was used last: between `capacity` and twice as many entries, and a read costs one look-up as a rule. */
export class GenerationalCache<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(private readonly capacity: number) {}

  get(key: string): Value | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** What has not been used since `capacity` others came is forgotten. */
  set(key: string, value: Value): void {
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }

  /** Entries that are held; some may be held twice. */
  get size(): number {
    return this.young.size + this.old.size;
  }
}
