/** Instructions in text that functions which stand for bulk instructions have in common. Local 2 is how much is left. */

export const add = (local: number, value: number): string =>
  `local.get ${local} i32.const ${value} i32.add local.set ${local}`;

/** Ends in a trap unless what local `start` says, and as many more as local `count` says, is within `size`, an i64. */
export const checkRange = (start: number, count: number, size: string): string => `
  local.get ${start} i64.extend_i32_u local.get ${count} i64.extend_i32_u i64.add
  ${size} i64.gt_u if unreachable end`;

/** Repeats `body` while local 2 is at least `size`. */
export const whileLeft = (size: number, body: string): string =>
  `block loop local.get 2 i32.const ${size} i32.lt_u br_if 1 ${body} br 0 end end`;

/** One chunk from the front. What it overwrites of the source was read before, since the target is lower. */
export const forward = (size: number, load: string, store: string): string =>
  whileLeft(size, `local.get 0 local.get 1 ${load} ${store} ${[add(0, size), add(1, size), add(2, -size)].join(" ")}`);

/** One chunk from the end, for a target that is higher. */
export const backward = (size: number, load: string, store: string): string =>
  whileLeft(size, `${add(2, -size)} local.get 0 local.get 2 i32.add local.get 1 local.get 2 i32.add ${load} ${store}`);
