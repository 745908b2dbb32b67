import { expect } from "chai";

import { GenerationalCache } from "../../../plugin/machines/recovery/generationalCache.js";

describe("a cache of two generations", () => {
  it("knows what was set last, however much came before", () => {
    const cache = new GenerationalCache<number>(4);
    for (let i = 0; i < 100; i++) {
      cache.set(`${i}`, i);
      for (let back = 0; back < 4 && back <= i; back++) expect(cache.get(`${i - back}`)).to.equal(i - back);
    }
  });

  it("holds no more than two generations", () => {
    const cache = new GenerationalCache<number>(4);
    for (let i = 0; i < 100; i++) {
      cache.set(`${i}`, i);
      cache.get(`${i >> 1}`);
      expect(cache.size).to.be.at.most(8);
    }
    expect(cache.get("10")).to.equal(undefined);
  });

  it("keeps what is used again and again", () => {
    const cache = new GenerationalCache<number>(4);
    cache.set("used", 7);
    for (let i = 0; i < 100; i++) {
      cache.set(`${i}`, i);
      expect(cache.get("used")).to.equal(7);
    }
  });

  it("forgets all that it is told to", () => {
    const cache = new GenerationalCache<number>(1);
    cache.set("old", 1);
    cache.set("young", 2);
    cache.clear();
    expect([cache.get("old"), cache.get("young"), cache.size]).to.deep.equal([undefined, undefined, 0]);
  });
});
