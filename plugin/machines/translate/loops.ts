/** Blocks `first` to `last`, of which some one leads back to the first. */
export interface Loop {
  readonly first: number;
  readonly last: number;
}

/**
 * Loops as intervals of blocks that lie within each other or apart, outer ones first.
 * @param edges From a block to another, by their numbers.
 */
export function findLoops(edges: Iterable<readonly [from: number, to: number]>): Loop[] {
  const ends = new Map<number, number>();
  for (const [from, to] of edges) if (to <= from) ends.set(to, Math.max(from, ends.get(to) ?? 0));
  const loops = [...ends].map(([first, last]) => ({ first, last })).sort((a, b) => a.first - b.first);
  for (let changed = true; changed;) changed = extend(loops);
  return loops;
}

/** Makes loops that overlap lie within each other; gives whether it had to. */
function extend(loops: { readonly first: number; last: number }[]): boolean {
  let changed = false;
  loops.forEach((outer, index) => {
    for (const inner of loops.slice(index + 1)) {
      if (inner.first > outer.last) break;
      if (inner.last > outer.last) {
        outer.last = inner.last;
        changed = true;
      }
    }
  });
  return changed;
}
