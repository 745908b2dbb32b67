import { expect } from "chai";

import { retryAfter } from "../../plugin/http/retryAfter.js";

describe("Retry-After", () => {
  const NOW = Date.parse("Sun, 29 Nov 2026 19:00:00 GMT");
  const of = (text?: string): number | undefined =>
    retryAfter(new Response(null, { headers: text === undefined ? {} : { "retry-after": text } }), NOW);

  it("is a number of seconds or a date, and what is past is now", () => {
    expect([of("0"), of("7"), of(" 7 ")]).to.deep.equal([0, 7_000, 7_000]);
    expect(of("Sun, 29 Nov 2026 19:00:30 GMT")).to.equal(30_000);
    expect(of("Sun, 29 Nov 2026 18:00:00 GMT")).to.equal(0);
  });

  it("is held to two minutes, and nothing where it says nothing", () => {
    expect([of("86400"), of("Mon, 30 Nov 2026 19:00:00 GMT")]).to.deep.equal([120_000, 120_000]);
    expect([of(), of(""), of("soon"), of("-1x")]).to.deep.equal([undefined, undefined, undefined, undefined]);
  });
});
