import { expect } from "chai";
import fc from "fast-check";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { MemoryStore } from "../../plugin/blobs/memoryStore.js";
import { BlobHistory, blobOf, openBlobHistory, statesOf } from "../../plugin/dispute/blobHistory.js";
import type { Posted } from "../../plugin/dispute/history.js";
import type { Hex } from "../../plugin/hex.js";
import { prepareBlobs } from "../../plugin/node/blobTransaction.js";
import { Sender } from "../../plugin/node/sender.js";
import { blobAccess } from "../../plugin/blobs/access.js";
import type { BlobHistory as Contract } from "../../types/ethers-contracts/index.js";

const START: Hex = `0x00${"11".repeat(31)}`;

/** 4,096 states that are idle from some index on, as machines have them. */
function states(idleFrom: number): Hex[] {
  const busy = Array.from({ length: idleFrom }, (_, index): Hex => `0x00${id(String(index)).slice(4)}`);
  return Array.from({ length: 4096 }, (_, index) => busy[Math.min(index, idleFrom - 1)]);
}

describe("the blob history and its contract", function () {
  this.timeout(120_000);
  const store = new MemoryStore();
  const history = new BlobHistory(store);
  let connection: NetworkConnection;
  let contract: Contract;
  let elements: Hex[];
  let posted: Posted;

  before(async () => {
    connection = await network.create();
    contract = await connection.ethers.deployContract("BlobHistory");
    elements = states(3000);
    posted = await history.encode(START, elements);
  });

  it("commit to the same states in the same transaction", async () => {
    const [signer] = await connection.ethers.getSigners();
    const sender = new Sender(signer, undefined, blobAccess(connection, store));
    const transaction = contract.commit.populateTransaction(START, posted.data);
    const { receipt } = await sender.send("claim", "commit", transaction, { blobs: posted.blobs, gasBound: 100_000n });
    expect(receipt.status).to.equal(1);
    const { blobVersionedHashes } = (await connection.provider.request({
      method: "eth_getTransactionByHash",
      params: [receipt.hash],
    })) as { readonly blobVersionedHashes: readonly Hex[] };
    expect([...blobVersionedHashes]).to.deep.equal([await history.commit(elements)]);
  });

  it("open the same pairs: the first, the last, before and after the machine falls idle", async () => {
    const commitment = await history.commit(elements);
    const all = [START, ...elements];
    for (const index of [0, 1, 2998, 3000, 4095]) {
      await contract.open(commitment, index, all[index], all[index + 1], await history.open(elements, index));
    }
    const wrong = contract.open(commitment, 7, all[7], all[8], await openBlobHistory(elements, 2998), {
      gasLimit: 500_000n,
    });
    await expect(wrong).to.be.revertedWithCustomError(contract, "WrongElement");
  });

  it("read back what was posted, and nothing that was not", async () => {
    const [{ data, commitment: point }] = posted.blobs;
    const claim = { start: START, data: posted.data, timestamp: 0n };
    await store.put(data, point);
    expect(await history.decode({ ...claim, commitment: await history.commit(elements) })).to.deep.equal(elements);
    const missing = await history
      .decode({ ...claim, commitment: START })
      .catch((error: { code: string }) => error.code);
    expect(missing).to.equal("BLOB_MISSING");
  });

  it("take as many states as a blob has elements", async () => {
    const property = fc.property(fc.integer({ min: 0, max: 9000 }), (count) => {
      const given = Array.from({ length: count }, () => START);
      if (count === 4096) expect(statesOf(blobOf(given))).to.deep.equal(given);
      else expect(() => blobOf(given)).to.throw("fixed number of states");
    });
    fc.assert(property, { seed: 6, numRuns: 30, examples: [[4096], [0], [4095], [4097]] });
    expect(await prepareBlobs([blobOf(elements)])).to.deep.equal(posted.blobs);
  });
});
