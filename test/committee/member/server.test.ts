import { expect } from "chai";

import { memberServer, SERVER_LIMITS } from "../../../plugin/committee/member/server.js";
import { CommitteeChain } from "../../helpers/members.js";

const ROOT = `0x${"12".repeat(32)}`;

describe("a member's server that is asked too often", () => {
  let chain: CommitteeChain;

  before(async () => {
    chain = await CommitteeChain.deploy();
  });

  after(() => chain.end());

  it("answers an address so often in a minute, whatever it asks, and others all the same", async () => {
    const [address] = await chain.seated();
    const { member } = await chain.start(address);
    const server = await memberServer(member, { ...SERVER_LIMITS, requestsPerMinute: 3 });
    const ask = (remoteAddress: string, url: string) => server.inject({ url, remoteAddress });
    try {
      expect((await ask("192.0.2.1", "/v1/member")).statusCode).to.equal(200);
      expect((await ask("192.0.2.1", `/v1/batches/${ROOT}`)).statusCode).to.equal(404);
      expect((await ask("192.0.2.1", "/v1/batches/nonsense")).statusCode).to.equal(400);
      for (const url of ["/v1/member", `/v1/batches/${ROOT}/words/0`]) {
        const refused = await ask("192.0.2.1", url);
        expect(refused.statusCode).to.equal(429);
        expect(refused.json()).to.have.all.keys("code", "message", "facts");
        expect(refused.json<{ code: string }>().code).to.equal("TOO_MANY_REQUESTS");
        expect(Number(refused.headers["retry-after"])).to.be.within(1, 60);
      }
      expect((await ask("192.0.2.2", "/v1/member")).statusCode).to.equal(200);
    } finally {
      await server.close();
    }
  });

  it("has its limit where it is started, and leaves room for a sequencer that asks again and again", async () => {
    const [, address] = await chain.seated();
    const { url } = await chain.start(address, { serverLimits: { requestsPerMinute: 1 } });
    expect((await fetch(`${url}/v1/member`)).status).to.equal(200);
    expect((await fetch(`${url}/v1/member`)).status).to.equal(429);
    expect(SERVER_LIMITS.requestsPerMinute).to.be.greaterThan(10 * 300);
  });
});
