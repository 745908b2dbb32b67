import type { ServerResponse } from "node:http";

import { expect } from "chai";
import { z } from "zod";

import { MemberClient } from "../../plugin/committee/memberClient.js";
import { NodeClient } from "../../plugin/service/nodeClient.js";
import { WebServer } from "../helpers/webServer.js";

/** Refuses, one after the other, and then answers. */
async function refusing(
  refusals: readonly (readonly [status: number, retryAfter: string | undefined])[],
): Promise<WebServer> {
  let count = 0;
  return WebServer.start((_path, response: ServerResponse) => {
    const refusal = refusals[count++];
    if (refusal === undefined) return { count };
    const [status, after] = refusal;
    response.writeHead(status, after === undefined ? {} : { "retry-after": after });
    response.end(JSON.stringify({ code: `REFUSED_${status}`, message: "Not now.", facts: {} }));
    return undefined;
  });
}

const ANSWER = z.object({ count: z.number() });

describe("a server that has too much to do", function () {
  this.timeout(60_000);
  let server: WebServer;

  afterEach(() => server.stop());

  const post = (milliseconds = 30_000): Promise<{ count: number }> =>
    new MemberClient(`0x${"01".repeat(20)}`, server.url).post(ANSWER, "/", "{}", AbortSignal.timeout(milliseconds));

  it("as a member is asked again when it wants to be, whether it is busy or not ready", async () => {
    server = await refusing([
      [429, "1"],
      [503, undefined],
      [503, "0"],
      [429, undefined],
    ]);
    const begun = Date.now();
    expect(await post()).to.deep.equal({ count: 5 });
    expect(Date.now() - begun).to.be.at.least(1_000 + 2 * 200);
  });

  it("as a member is left when nobody waits any more, with what it said", async () => {
    server = await refusing([[429, "60"]]);
    const begun = Date.now();
    const error = await post(500).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "MEMBER_REFUSED", refusedWith: "REFUSED_429" });
    expect(Date.now() - begun).to.be.below(30_000);
  });

  it("as a member is not asked again where time changes nothing", async () => {
    server = await refusing([[409, "0"]]);
    expect(await post().catch((thrown: unknown) => thrown)).to.include({ refusedWith: "REFUSED_409" });
    expect(server.asked).to.have.length(1);
  });

  it("as a node is asked again by its users when it says so, and only then", async () => {
    server = await refusing([
      [429, "0"],
      [429, "1"],
    ]);
    const client = new NodeClient(server.url);
    expect(await client.get("/")).to.deep.equal({ count: 3 });
    await server.stop();
    server = await refusing([[503, "1"]]);
    expect(await new NodeClient(server.url).get("/").catch((thrown: unknown) => thrown)).to.include({
      code: "REFUSED_503",
    });
    expect(server.asked).to.have.length(1);
  });
});
