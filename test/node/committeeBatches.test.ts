import { expect } from "chai";
import { Contract } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { artifactOf } from "../../plugin/artifacts.js";
import { resolveCommittees } from "../../plugin/config/committees.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import { bytesToHex } from "../../plugin/hex.js";
import { hashMachineState, machineStateOf } from "../../plugin/machines/state.js";
import { Attester } from "../../plugin/node/attester.js";
import { Sequencer } from "../../plugin/node/sequencer.js";
import type { StepProof } from "../../plugin/node/trace.js";
import { anyOf, attested, unchallenged } from "../../plugin/rules/builders.js";
import { calldata, committee } from "../../plugin/sources/builders.js";
import { MemberServers } from "../../plugin/testing/memberServers.js";
import { TestChain } from "../../plugin/testing/testChain.js";
import type { IMachine } from "../../types/ethers-contracts/index.js";
import { loops, LOOP } from "../helpers/chains.js";
import { onEachNetwork } from "../helpers/networks.js";

const COMMITTEES = resolveCommittees({ guards: { size: 4, honest: 2, pool: 5, epochBlocks: 30, freezeBlocks: 2 } });
const CONFIG = {
  history: "calldata",
  inputBits: 6,
  stepBits: 18,
  sources: [calldata(), committee("guards")],
  rule: anyOf(attested("guards", 3), unchallenged("7d")),
} as const;
/** Of the first steps of `LOOP`, one reads the input's first word. */
const FIRST_STEPS = 12n;

onEachNetwork("a batch that a committee keeps", (connect) => {
  let connection: NetworkConnection;
  let chain: TestChain;
  let servers: MemberServers;

  before(async () => {
    connection = await connect();
    chain = await TestChain.deploy(connection, resolveChain("guarded", CONFIG, ".", COMMITTEES), LOOP);
    servers = await MemberServers.start(connection, chain, { pool: 5 });
    const sequencer = await chain.sequencer(undefined, undefined, "committee");
    sequencer.submit(loops(5));
    sequencer.submit(new Uint8Array([7, 0, 9]));
    const { posting } = await sequencer.postBatch();
    expect(posting.source).to.equal("committee");
  });

  after(() => servers.end());

  /** The step of the batch that reads its first word. */
  async function readStep(): Promise<StepProof & { readonly position: bigint }> {
    const trace = chain.node.executor.trace(0n, 1n);
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

  it("ends a dispute about one of its words, though no member answers any more", async () => {
    await servers.stop();
    const { position } = await readStep();
    const liar = await chain.liar({ position });
    const lie = await liar.assert();
    const honest = await chain.honest();
    await honest.assert();
    const { winner, instructionKind } = await chain.playDispute([honest, liar]);
    expect([winner, instructionKind]).to.deep.equal(["honest", "host.input_word"]);
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
  });

  it("is followed by others when members are back, in the next epoch, too; members sign no lie", async () => {
    for (const member of await servers.seated()) await servers.restart(member);
    await servers.turn();
    const [signer] = await connection.ethers.getSigners();
    const sequencer = new Sequencer(chain.node, signer);
    sequencer.submit(loops(2));
    expect((await sequencer.postBatch()).posting.source).to.equal("committee");
    const honest = await chain.honest();
    const made = await honest.assert();
    const attester = new Attester(chain.node, signer, servers.client, 3);
    const { attested: done, missed } = await attester.once();
    expect(missed.size).to.equal(0);
    expect(done.map(({ assertion }) => assertion)).to.deep.equal([made]);
    expect((await honest.validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([made]);
  });
});
