import { expect } from "chai";
import { Contract } from "ethers";

import { artifactOf } from "../../plugin/artifacts.js";
import type { Chain } from "../../plugin/chain.js";
import { bytesToHex } from "../../plugin/hex.js";
import { hashMachineState, machineStateOf } from "../../plugin/machines/state.js";
import { prepareBlobs } from "../../plugin/node/blobTransaction.js";
import type { IMachine } from "../../types/ethers-contracts/index.js";
import type { BlobAccess } from "../../plugin/blobs/access.js";
import { MemoryStore } from "../../plugin/blobs/memoryStore.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import type { NodeEvent } from "../../plugin/node/events.js";
import type { StepProof } from "../../plugin/node/trace.js";
import { RollupNode } from "../../plugin/node/node.js";
import { statusOf } from "../../plugin/node/status.js";
import { blob, calldata } from "../../plugin/sources/builders.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { loops, LOOP } from "../helpers/chains.js";
import { onEachNetwork } from "../helpers/networks.js";

const CONFIG = { history: "calldata", inputBits: 6, stepBits: 18, sources: [calldata(), blob()] } as const;
/** Of the first steps of `LOOP`, one reads the input's first word. */
const FIRST_STEPS = 12n;

/** A chain as one who is connected to it with another access to blobs sees it. */
function seenWith(chain: Chain, blobs: BlobAccess | undefined): Chain {
  return Object.create(chain, { blobs: { value: blobs } }) as Chain;
}

onEachNetwork("a batch in blobs", (connect) => {
  let chain: TestChain;

  before(async () => {
    chain = await (await connect()).rollup.deploy(CONFIG, LOOP);
    const [user, sequencer] = [await chain.user(), await chain.sequencer(undefined, undefined, "blob")];
    await user.sendMessage(loops(2));
    sequencer.submit(loops(5));
    sequencer.submit(new Uint8Array([7, 0, 9]));
    await sequencer.postBatch();
    sequencer.submit(loops(1));
    await (await chain.sequencer()).postBatch();
  });

  it("is derived from its blobs, beside messages and batches in calldata", async () => {
    await chain.node.sync();
    const [message, batch, other] = chain.node.derivation.inputs;
    expect([message.header.kind, batch.header.kind, other.header.kind]).to.deep.equal(["message", "batch", "batch"]);
    expect(batch.data).to.deep.equal(Uint8Array.from([...loops(5), 7, 0, 9]));
    expect([batch, other].map(({ header }) => header.source)).to.deep.equal(
      [...chain.chain.addresses.sources].reverse(),
    );
  });

  it("is executed by a node that finds the blobs where they are archived", async () => {
    const other = new RollupNode(chain.chain, LOOP);
    await other.sync();
    expect(other.executor.inputCount).to.equal(3n);
    expect(other.executor.boundary(3n)?.hash).to.equal(chain.node.executor.boundary(3n)?.hash);
  });

  /** The step of the batch that reads its first word. */
  async function readStep(): Promise<StepProof & { readonly position: bigint }> {
    const trace = chain.node.executor.trace(1n, 2n);
    for (let position = 0n; position < FIRST_STEPS; position++) {
      const step = await trace.proveStep(position);
      if (step.description.kind === "host.input_word") return { ...step, position };
    }
    throw new Error("The guest has not read its input.");
  }

  it("proves its words to the machine on chain", async () => {
    const { abi } = await artifactOf("machines/IMachine.sol");
    const machine = new Contract(chain.chain.addresses.machine, abi, chain.chain.provider) as unknown as IMachine;
    const { context, before, after, witness } = await readStep();
    const computed = await machine.step(context, before, bytesToHex(witness));
    expect(hashMachineState(machineStateOf(computed))).to.equal(hashMachineState(after));
  });

  it("ends a dispute about one of its words by opening its blob", async () => {
    const { position } = await readStep();
    const honest = await chain.honest();
    const parent = await honest.assert();
    const liar = await chain.liar({ position, parent });
    await liar.assert();
    const { winner, instructionKind } = await chain.playDispute([honest, liar]);
    expect([winner, instructionKind]).to.deep.equal(["honest", "host.input_word"]);
    expect(honest.challenger.proved.map((step) => step.position)).to.deep.equal([position]);
  });

  it("that is nowhere to be found is named, and the chain is known up to it, until it is found", async () => {
    const store = new MemoryStore();
    const events: NodeEvent[] = [];
    const poor = new RollupNode(seenWith(chain.chain, { ...chain.chain.blobs!, store }), LOOP, (event) =>
      events.push(event),
    );
    await poor.sync();
    await poor.sync();
    expect([poor.executor.inputCount, poor.derivation.inputs.length, poor.derivation.count]).to.deep.equal([1n, 1, 3]);
    const told = events.filter(({ type }) => type === "missing");
    expect(told).to.have.length(1);
    expect(told[0].type === "missing" && told[0].reason).to.match(
      /hash: 0x01[0-9a-f]{62}\n +Looked: \n +this process/i,
    );
    expect((await statusOf(poor)).missing).to.match(/nowhere to be found/);
    const [sent] = await prepareBlobs(packBlobs(chain.node.derivation.inputs[1].data));
    await store.put(sent.data, sent.commitment);
    await poor.sync();
    expect(poor.executor.boundary(3n)?.hash).to.equal(chain.node.executor.boundary(3n)?.hash);
    expect(poor.derivation.missing).to.equal(undefined);
  });
});
