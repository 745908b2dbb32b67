import * as host from "./host";
import { reserveWord } from "./memory";
import { Word } from "./word";

const scratch = reserveWord();

/** Data that anyone published on L1 in a block before this input's. Asking for other data traps: the input is undone. */
export namespace Preimage {
  /** In bytes. */
  export function length(hash: Word): u64 {
    host.preimageWord(hash.pointer, 0, scratch.pointer);
    return scratch.digit(0);
  }

  /** Reads word `index` of its bytes; past the end they are zero. */
  export function word(hash: Word, index: u32, dest: Word): void {
    host.preimageWord(hash.pointer, 1 + index, dest.pointer);
  }
}
