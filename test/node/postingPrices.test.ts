import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import type { BlobAccess } from "../../plugin/blobs/access.js";
import { BLOB_PAYLOAD } from "../../plugin/blobs/packing.js";
import type { Chain } from "../../plugin/chain.js";
import { choosePosting, describePosting, type Posting, type SourceChoice } from "../../plugin/node/postingPrices.js";
import type { NodeEvent } from "../../plugin/node/events.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { noise } from "../helpers/blobBatch.js";
import { LOOP, loops } from "../helpers/chains.js";

const GWEI = 10n ** 9n;

describe("the source of a batch", () => {
  let connection: NetworkConnection;
  let both: TestChain;

  before(async () => {
    connection = await network.create();
    both = await connection.rollup.deploy({ history: "calldata" }, LOOP);
  });

  /** The chain's settlement layer as it would be at other prices, in wei. */
  function at(gasPrice: bigint, blobFee: bigint | undefined, keys = true): Chain {
    const access = both.chain.blobs!;
    const blobs: BlobAccess = {
      ...access,
      keyOf: (address) => (keys ? access.keyOf(address) : Promise.resolve(undefined)),
      request: async (method, params) => {
        if (method === "eth_blobBaseFee") return `0x${blobFee!.toString(16)}`;
        const answer = await access.request(method, params);
        if (method !== "eth_getBlockByNumber" || blobFee !== undefined) return answer;
        return { ...(answer as object), excessBlobGas: undefined };
      },
    };
    const provider = { getFeeData: () => Promise.resolve({ gasPrice }) };
    return Object.create(both.chain, { blobs: { value: blobs }, provider: { value: provider } }) as Chain;
  }

  function choose(chain: Chain, bytes: number, choice: SourceChoice = "auto"): Promise<Posting> {
    return choosePosting(chain, both.chain.parameters.sequencer, noise(bytes), choice);
  }

  it("is what is cheapest by the base fees of gas and blob gas", async () => {
    const cheapBlobs = await choose(at(GWEI, 1n), 20_000);
    expect(cheapBlobs.source).to.equal("blob");
    expect(describePosting(cheapBlobs)).to.match(
      /^calldata 0\.00\d+ ETH \(about 8\d\d,\d{3} gas\), blob 0\.00\d+ ETH \(about \d\d,\d{3} gas, 1 blob\): blob$/,
    );
    const dearBlobs = await choose(at(GWEI, 20n * GWEI), 20_000);
    expect(dearBlobs.source).to.equal("calldata");
    // A large batch is worth the same blob.
    expect((await choose(at(GWEI, 20n * GWEI), 120_000)).source).to.equal("blob");
  });

  it("is what is asked for, whatever it costs", async () => {
    expect((await choose(at(GWEI, 1n), 20_000, "calldata")).source).to.equal("calldata");
    expect(await choose(at(GWEI, 90n * GWEI), 100, "blob")).to.include({ source: "blob", index: 1 });
  });

  it("is calldata where there are no blobs, or no key to sign them with", async () => {
    for (const chain of [at(GWEI, undefined), at(GWEI, 1n, false)]) {
      const posting = await choose(chain, 50_000);
      expect(posting.source).to.equal("calldata");
      expect(describePosting(posting)).to.match(/blob not possible \(no blobs on this network, or no key/);
      expect(await codeOf(choose(chain, 50_000, "blob"))).to.equal("SOURCE_IMPOSSIBLE");
    }
  });

  it("is blobs where a batch is too long for calldata, and nothing where it is too long for both", async () => {
    expect((await choose(at(GWEI, 90n * GWEI), 2 ** 18 + 1)).source).to.equal("blob");
    expect(await codeOf(choose(at(GWEI, 1n), 6 * BLOB_PAYLOAD + 1))).to.equal("SOURCE_IMPOSSIBLE");
  });

  it("must be one that the chain has", async () => {
    const alone = await connection.rollup.deploy({ history: "calldata", sources: ["calldata"] }, LOOP);
    const choice = choosePosting(alone.chain, alone.chain.parameters.sequencer, loops(1), "blob");
    expect(await codeOf(choice)).to.equal("SOURCE_UNKNOWN");
  });

  it("takes as much as one batch can hold, and leaves the rest for the next", async function () {
    this.timeout(120_000);
    const sequencer = await both.sequencer(undefined, undefined, "calldata");
    for (let piece = 0; piece < 5; piece++) sequencer.submit(idle(2 ** 16));
    expect((await sequencer.postBatch()).transactions).to.equal(2);
    expect(sequencer.pending).to.have.length(3);
    const posted = both.node.derivation.inputs[both.node.derivation.count - 1];
    expect(posted.header.length).to.equal(2n ** 17n);
  });

  it("is told before a batch is posted, at prices that are close to what is paid", async function () {
    this.timeout(120_000);
    // The first input of a chain costs more: it writes where nothing was written before.
    await (await both.sequencer()).postBatch();
    for (const [choice, bytes] of [
      ["auto", 60],
      ["calldata", 1000],
      ["calldata", 30_000],
      ["blob", 130_000],
    ] as const) {
      const events: NodeEvent[] = [];
      const sequencer = await both.sequencer(undefined, (event) => events.push(event), choice);
      sequencer.submit(idle(bytes));
      const { posting, spent } = await sequencer.postBatch();
      const told = events.findIndex(({ type }) => type === "compared");
      expect(told >= 0 && told < events.findIndex(({ type }) => type === "sending")).to.equal(true);
      const price = posting.prices.find(({ source }) => source === posting.source);
      if (price === undefined || "impossible" in price) throw new Error("It was posted where it could not be.");
      const error = Math.abs(Number(price.gas) / Number(spent.gas) - 1);
      expect(error < 0.02, `${bytes} bytes in ${posting.source}: ${price.gas}, paid ${spent.gas}`).to.equal(true);
      expect(price.blobGas).to.equal(spent.blobGas);
    }
  });
});

/** Noise that asks the guest for no steps. */
function idle(bytes: number): Uint8Array {
  return noise(bytes).fill(0, 0, 4);
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}
