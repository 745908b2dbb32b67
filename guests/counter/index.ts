import { DEPOSIT, Input, log, publish, reject, reserveWord, WORD } from "hardhat-rollup/guests/sdk";

/** What is reserved stays from input to input, and anyone can compute it from them. */
const total = reserveWord();
const amount = reserveWord();

/** Called once for every input of the chain: a batch or a message is a number of 32 bytes, which is added to the total. */
export function handle(): void {
  if (Input.kind() == DEPOSIT || Input.length() != WORD) return reject();
  Input.word(0, amount);
  if (total.add(amount)) return reject();
  log(total.pointer, WORD);
  publish(total);
}
