import { expect } from "chai";
import fc from "fast-check";

import { bytesToHex, ZERO_WORD } from "../../plugin/hex.js";
import { verifyWord, wordAt, WordTree } from "../../plugin/sources/wordTree.js";

describe("wordTree", () => {
  it("has root zero for no bytes and the word itself for one word", () => {
    expect(new WordTree(new Uint8Array()).root).to.equal(ZERO_WORD);
    expect(new WordTree(new Uint8Array([1, 2])).root).to.equal(bytesToHex(wordAt(new Uint8Array([1, 2]), 0)));
  });

  it("proves every word, and nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), fc.nat(), fc.nat(), (data, at, corrupt) => {
        const index = at % Math.ceil(data.length / 32);
        const tree = new WordTree(data);
        const [root, proof, word] = [tree.root, tree.prove(index), wordAt(data, index)];
        expect(verifyWord(root, data.length, index, word, proof)).to.equal(true);
        const other = word.slice();
        other[corrupt % 32] ^= 1 << (corrupt % 8);
        expect(verifyWord(root, data.length, index, other, proof)).to.equal(false);
        expect(verifyWord(root, data.length, Math.ceil(data.length / 32), word, proof)).to.equal(false);
        if (proof.length === 0) return;
        const bad = proof.slice();
        bad[corrupt % bad.length] ^= 1 << (corrupt % 8);
        expect(verifyWord(root, data.length, index, word, bad)).to.equal(false);
        expect(verifyWord(root, data.length, index, word, proof.subarray(1))).to.equal(false);
      }),
      { seed: 1 },
    );
  });
});
