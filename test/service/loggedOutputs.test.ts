import { expect } from "chai";

import { wordOf } from "../../plugin/hex.js";
import { loggedOutputs } from "../../plugin/service/loggedOutputs.js";
import { leafOfMessage, leafOfWithdrawal } from "../helpers/outputs.js";

const [TOKEN, SOMEBODY] = [`0x${"70".repeat(20)}`, `0x${"50".repeat(20)}`];
const log = (...words: (bigint | string)[]) => ({
  inputNumber: 0n,
  data: new Uint8Array(Buffer.concat(words.map((word) => wordOf(BigInt(word))))),
});
const hexOf = (leaf: Uint8Array): string => `0x${Buffer.from(leaf).toString("hex")}`;

describe("outputs that a guest has logged", () => {
  it("are withdrawals and messages, as contracts on L1 look for them", () => {
    const message = leafOfMessage({ index: 1, sender: TOKEN, target: SOMEBODY, data: "0x" });
    const dataHash = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    const found = loggedOutputs([log(1n, 0n, TOKEN, SOMEBODY, 9n), log(7n), log(2n, 1n, TOKEN, SOMEBODY, dataHash)]);
    expect(found.map(({ leaf }) => hexOf(leaf))).to.deep.equal([
      leafOfWithdrawal({ index: 0, token: TOKEN, recipient: SOMEBODY, amount: 9n }),
      message,
    ]);
    expect(found.map(({ recipient }) => recipient)).to.deep.equal([SOMEBODY, SOMEBODY]);
  });

  it("are none that no tree has room for, whatever a guest logs", () => {
    const most = 2n ** 256n - 1n;
    const noise = [
      log(),
      log(1n),
      log(most, 0n, 0n, 0n, 0n),
      log(1n, most, 0n, 0n, 0n),
      log(1n, 2n ** 32n, 0n, 0n, 0n),
    ];
    expect(loggedOutputs([...noise, { inputNumber: 0n, data: new Uint8Array(7) }])).to.deep.equal([]);
  });
});
