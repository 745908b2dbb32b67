import * as host from "./host";
import { Word } from "./word";

export { log, reject } from "./host";

/** Makes `root` the chain's output root: what contracts on L1 can check against once an assertion is confirmed. */
// @ts-ignore: decorator
@inline
export function publish(root: Word): void {
  host.publishWord(root.pointer);
}
