import { expect } from "chai";

import { LOOP, loops } from "../helpers/chains.js";
import { ServedChain, until } from "./services.js";

/** Times round a loop: many seconds of V8, also where nothing else runs. */
const LONG = 4_000_000_000;

interface Status {
  readonly inputs: number;
  readonly executed: number;
}

interface Dispute {
  readonly claims: readonly { readonly author: string }[];
}

describe("a node that executes an input that takes long", function () {
  this.timeout(240_000);

  it("claims meanwhile against what is wrong before it, and answers its users", async () => {
    const config = { stepBits: 36, inputBudget: { batch: 2 ** 36 - 1, message: 2 ** 20 } };
    const served = await ServedChain.deploy(LOOP, config);
    try {
      const sequencer = await served.chain.sequencer();
      sequencer.submit(loops(10));
      await sequencer.postBatch();
      const lie = await (await served.chain.liar({ seed: 3 })).assert();
      sequencer.submit(loops(LONG));
      await sequencer.postBatch();
      const client = await served.start(["challenger"]);
      const claimsOf = async (): Promise<Dispute["claims"]> =>
        (await client.get<Dispute>(`/v1/disputes/${lie}`).catch(() => ({ claims: [] }))).claims;
      await until(async () => (await claimsOf()).length > 0);
      expect(await client.get<Status>("/v1/status")).to.include({ inputs: 2, executed: 1 });
      const [, , challenger] = await served.connection.ethers.getSigners();
      expect((await claimsOf()).map(({ author }) => author)).to.deep.equal([challenger.address.toLowerCase()]);
      await until(async () => (await client.get<Status>("/v1/status")).executed === 2);
    } finally {
      await served.stop();
    }
  });
});
