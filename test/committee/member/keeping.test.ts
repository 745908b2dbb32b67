import { expect } from "chai";

import { loops } from "../../helpers/chains.js";
import { CommitteeChain, post } from "../../helpers/members.js";

const GRACE = 1_000;

describe("a member that keeps batches", () => {
  let chain: CommitteeChain;

  before(async () => {
    chain = await CommitteeChain.deploy();
  });

  after(() => chain.end());

  it("hands a batch out as long as it has promised and its grace, and forgets it then", async () => {
    const [address] = await chain.seated();
    const { member, url } = await chain.start(address, { limits: { grace: GRACE } });
    const request = await chain.batchRequest(loops(1));
    const { status, body } = await post(url, "/v1/batches", request);
    expect(status).to.equal(200);
    const { time } = chain.committee.helpers;
    const keptAt = async (timestamp: number): Promise<number> => {
      await time.increaseTo(timestamp);
      await member.keepUp();
      return (await fetch(`${url}/v1/batches/${String(body.root)}`)).status;
    };
    expect(await keptAt(request.expiry)).to.equal(200);
    expect(await keptAt(request.expiry + GRACE)).to.equal(200);
    expect(await keptAt(request.expiry + GRACE + 1)).to.equal(404);
  });
});
