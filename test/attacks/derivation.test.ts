import { expect } from "chai";
import { keccak256 } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { Derivation } from "../../plugin/node/derive.js";
import { EventReader, type ChainEvent } from "../../plugin/node/eventReader.js";
import { Preimages } from "../../plugin/node/preimages.js";
import { deployTestChain, loops } from "../helpers/chains.js";

describe("a node whose provider lies", () => {
  it("takes no header that does not hold the hash of the one before it", async () => {
    const { chain } = await started();
    const inbox = new Map([[chain.addresses.inbox, chain.contracts.inbox.interface]]);
    const events = await new EventReader(chain.provider, inbox, chain.fromBlock).read();
    const last = events[events.length - 1];
    const header = [...(last.description.args.header as unknown[])];
    header[0] = `0x${"ab".repeat(32)}`;
    const args = { header, data: last.description.args.data as unknown };
    const forged = { ...last, description: { name: last.description.name, args } } as unknown as ChainEvent;
    const derivation = new Derivation();
    events.slice(0, -1).forEach((event) => derivation.take(event));
    expect(() => derivation.take(forged)).to.throw("hash of the header before");
  });
});

describe("a preimage", () => {
  it("is there for inputs of later blocks than the one that published it, not of the same", async () => {
    const chain = await deployTestChain();
    const account = await chain.stranger();
    const store = chain.chain.contracts.preimages;
    const data: Hex = "0x010203";
    const hash = keccak256(data) as Hex;
    const receipt = await (await store.connect(account).publish(data)).wait();
    const block = BigInt(receipt!.blockNumber);
    const preimages = new Preimages(store);
    await preimages.lookUp(hash);
    expect(preimages.preimage(hash, block)).to.equal(undefined);
    expect(preimages.preimage(hash, block + 1n)).to.deep.equal(new Uint8Array([1, 2, 3]));
  });
});

async function started() {
  const chain = await deployTestChain();
  const sequencer = await chain.sequencer();
  for (const times of [1, 2]) {
    sequencer.submit(loops(times));
    await sequencer.postBatch();
  }
  return chain;
}
