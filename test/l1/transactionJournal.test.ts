import { expect } from "chai";

import { decodeIntent, encodeIntent } from "../../plugin/l1/intent.js";
import { MemoryJournal } from "../../plugin/l1/transactionJournal.js";
import { behavesAsJournal, intentOf } from "../helpers/transactionJournal.js";

describe("a journal of transactions in memory", () => {
  behavesAsJournal(() => Promise.resolve(new MemoryJournal()));
});

describe("an intent as text", () => {
  it("is read as it was written", () => {
    for (const changes of [{}, { until: undefined }, { text: '{"integer":"1"}' }]) {
      const intent = { ...intentOf(changes), id: 7 };
      expect(decodeIntent(encodeIntent(intent))).to.deep.equal(intent);
    }
  });
});
