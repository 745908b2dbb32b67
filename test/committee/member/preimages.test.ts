import { expect } from "chai";
import { keccak256 } from "ethers";

import { hexToBytes, type Hex } from "../../../plugin/hex.js";
import { PREIMAGES } from "../../helpers/chains.js";
import { CommitteeChain, post } from "../../helpers/members.js";

const PREIMAGE = "0x1234";

describe("a member of a chain whose guest reads preimages, on an L1 that replaces blocks", () => {
  let chain: CommitteeChain;
  let url: string;

  before(async () => {
    chain = await CommitteeChain.deploy(PREIMAGES);
    const [member] = await chain.seated();
    ({ url } = await chain.start(member));
  });

  after(() => chain.end());

  /** What the next assertion says, once a batch that asks for the preimage was appended at `time`. */
  async function batchAt(time: number) {
    const { helpers } = chain.committee;
    const sequencer = await chain.sequencer(chain.client({ members: new Map(), certificateTimeout: 1 }));
    sequencer.submit(hexToBytes(keccak256(PREIMAGE) as Hex));
    await helpers.time.setNextBlockTimestamp(time);
    await sequencer.postBatch();
    return chain.assertionRequest();
  }

  it("signs nothing that follows from what might still be replaced, for it could be slashed for that", async () => {
    const { helpers, people } = chain.committee;
    const { preimages } = chain.base.chain.contracts;
    const time = (await helpers.time.latest()) + 100;
    const before = await helpers.takeSnapshot();
    await preimages.connect(people[9]).publish(PREIMAGE);
    const first = await batchAt(time);
    const refused = await post(url, "/v1/assertions", first);
    expect([refused.status, refused.body.code], JSON.stringify(refused.body)).to.deep.equal([503, "PREIMAGE_FRESH"]);
    await before.restore();
    await helpers.mine();
    const second = await batchAt(time);
    // The same inputs, by the same hash, under the same parent; another state.
    expect({ ...second, stateHash: first.stateHash }).to.deep.equal(first);
    expect(second.stateHash).to.not.equal(first.stateHash);
    await helpers.mine(64);
    expect((await post(url, "/v1/assertions", first)).body.code).to.equal("STATE_DIFFERS");
    const signed = await post(url, "/v1/assertions", second);
    expect(signed.status, JSON.stringify(signed.body)).to.equal(200);
  });
});
