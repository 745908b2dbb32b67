/**
 * A guest that does with the SDK what its input's first word asks for, for the SDK's tests. The words after it are the operands,
 * the log is the result.
 */
export const SDK_GUEST = `
import {
  ecrecover, findRecord, hashPair, Input, isInUse, keccak256, log, Preimage, publish, reject, reserveBlock, reserveTree,
  sha256, useRecord, WORD, wordOf,
} from "hardhat-rollup/guests/sdk";

const block = reserveBlock();
const tree = reserveTree();
const table = memory.data(8 * 64, 64);
const bytes = memory.data(512, 32);

export function handle(): void {
  const left = wordOf(block, 0);
  const right = wordOf(block, 1);
  const operation = u32(Input.wordNumber(0));
  for (let index: u32 = 0; index < 4; ++index) Input.word(1 + index, wordOf(block, index));
  let flag = false;
  switch (operation) {
    case 0: flag = left.add(right); break;
    case 1: flag = left.subtract(right); break;
    case 2: flag = left.isBelow(right); break;
    case 3: flag = left.equals(right); break;
    case 4: flag = left.isZero(); break;
    case 5: flag = left.isAddress(); break;
    case 6: left.setNumber(right.digit(1)); break;
    case 7: hashPair(left, right, left); break;
    case 8: sha256(block + 3, 61, left); break;
    case 9: keccak256(block + 3, 61, left); break;
    case 10: ecrecover(block, left); break;
    case 11:
      tree.append(left);
      tree.root(left);
      publish(left);
      break;
    case 12: {
      const record = findRecord(table, 8, 64, 1 + (load<u8>(right.pointer, 31) & 1), left);
      flag = isInUse(record);
      if (!flag) useRecord(record, 1 + (load<u8>(right.pointer, 31) & 1), left);
      left.setNumber((record - table) / 64);
      break;
    }
    case 13: {
      const length = u32(right.digit(0));
      Input.copy(u32(left.digit(0)), length, bytes + 1);
      return log(bytes + 1, length);
    }
    case 14: left.setNumber(Input.byte(u32(left.digit(0)))); break;
    case 15: {
      const length = Preimage.length(left);
      Preimage.word(left, u32(right.digit(0)), left);
      flag = length == 40;
      break;
    }
    case 16: Input.sender(left); break;
    case 17: left.setNumber((Input.number() << 32) | (Input.timestamp() << 16) | (Input.blockNumber() << 8) | Input.kind()); break;
    default: return reject();
  }
  wordOf(block, 1).setNumber(u64(flag));
  log(block, 2 * WORD);
}
`;
