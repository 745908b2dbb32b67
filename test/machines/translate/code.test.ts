import { expect } from "chai";
import fc from "fast-check";

import { Code } from "../../../plugin/machines/translate/code.js";
import { Reader } from "../../../plugin/machines/wasm/reader.js";

/** What the parser of modules reads of what was written. */
function readerOf(write: (code: Code) => void): Reader {
  const code = new Code();
  write(code);
  const bytes = code.view().slice();
  return new Reader(bytes, 0, bytes.length);
}

describe("Code of translated regions", () => {
  it("has numbers as the parser of modules reads them", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (high, low) => {
        expect(readerOf((code) => code.unsigned(low)).u32()).to.equal(low >>> 0);
        expect(readerOf((code) => code.signed(low)).signed()).to.equal(BigInt(low));
        const wide = (BigInt(high) << 32n) | BigInt(low >>> 0);
        expect(readerOf((code) => code.signed64(high, low)).signed()).to.equal(wide);
      }),
    );
  });

  it("grows as it must, and goes behind its length into other code", () => {
    const inner = new Code();
    for (let at = 0; at < 10_000; at++) inner.op(at & 0xff);
    const outer = new Code();
    outer.sized(inner);
    const reader = new Reader(outer.view(), 0, outer.length);
    expect(reader.u32()).to.equal(10_000);
    expect(Buffer.compare(outer.view().subarray(reader.offset), inner.view())).to.equal(0);
  });
});
