import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { CommitteeView } from "../plugin/committee/committee.js";
import {
  assertionStatement,
  batchStatement,
  encodeCertifiedBatch,
  type Statement,
} from "../plugin/committee/statement.js";
import { resolveCommittees } from "../plugin/config/committees.js";
import { resolveChain } from "../plugin/config/resolve.js";
import { loadProgram } from "../plugin/guests/program.js";
import { bytesToHex, wordOf, type Hex } from "../plugin/hex.js";
import type { AssertionNode } from "../plugin/node/assertions.js";
import { calldata, committee } from "../plugin/sources/builders.js";
import { WordTree } from "../plugin/sources/wordTree.js";
import { TestChain } from "../plugin/testing/testChain.js";
import { BondedMembers } from "./bondedMembers.js";
import { progress } from "./options.js";

const SEATS = 20;
const MANY_SEATS = 100;
const POOL = 100;
const LARGE_POOL = 1_000;
/** Long enough for all to register before the pool freezes. */
const EPOCH_BLOCKS = 2_000;
const BATCH = 100 * 1024;
const HOUR = 3_600n;

/** What a committee costs, on chains and in committees that are no longer new: their slots are written already. */
export async function committeeGas(): Promise<Record<string, bigint>> {
  const connection = await hre.network.create("default");
  const committees = { members: { size: SEATS, pool: POOL, epochBlocks: EPOCH_BLOCKS } };
  const parts = { mode: "anytrust", guest: "counter", sequencer: 1, sources: [committee("members"), calldata()] };
  const config = resolveChain("certified", parts, hre.config.paths.root, resolveCommittees(committees));
  const chain = await TestChain.deploy(connection, config, await loadProgram(config));
  const at = chain.deployed.deployment.committees.members;
  const view = await CommitteeView.connect(at, connection.ethers.provider);
  const members = new BondedMembers(connection, view);
  progress(`${POOL} members register`);
  const register = await members.register(POOL);
  await members.turn();
  const turned = await members.turn();
  progress("certificates");
  const statement = assertionStatement(chain.chain.addresses.rollup, wordHex(1), wordHex(2), wordHex(3));
  const few = await members.check(statement, SEATS);
  const confirmed = await confirmAttested(chain, view, members);
  const batch = await postCertified(chain, connection, members);
  progress(`${LARGE_POOL} members register`);
  await members.register(LARGE_POOL);
  const turnedLarge = await members.turn();
  const many = await manySeats(connection, statement);
  await connection.close();
  return {
    "certificate.20of20": few,
    ...many,
    "batch.certificate": batch,
    ...confirmed,
    "rotate.100": turned,
    "rotate.1000": turnedLarge,
    register,
  };
}

/** Certificates of a committee with a hundred seats. */
async function manySeats(connection: NetworkConnection, statement: Statement): Promise<Record<string, bigint>> {
  progress(`${MANY_SEATS} seats`);
  const { stake, token, freezeBlocks, unbonding, reporterShare } = resolveCommittees().members;
  const parameters = { token, stake, freezeBlocks, unbonding, reporterShare };
  const deployed = await connection.ethers.deployContract("Committee", [
    { ...parameters, size: MANY_SEATS, epochBlocks: EPOCH_BLOCKS },
  ]);
  const view = await CommitteeView.connect((await deployed.getAddress()) as Hex, connection.ethers.provider);
  const members = new BondedMembers(connection, view);
  await members.register(MANY_SEATS);
  await members.turn();
  const figures: Record<string, bigint> = {};
  for (const signers of [97, 67]) {
    figures[`certificate.${signers}of${MANY_SEATS}`] = await members.check(statement, signers);
  }
  return figures;
}

/** Two assertions that all members attest; the later one's certificate and confirmation count. */
async function confirmAttested(
  chain: TestChain,
  view: CommitteeView,
  members: BondedMembers,
): Promise<Record<string, bigint>> {
  const { node } = chain;
  const honest = await chain.honest();
  const sequencer = await chain.sequencer();
  const contract = view.contract.connect(honest.validator.sender.signer);
  let [attest, confirm] = [0n, 0n];
  for (const number of [1, 2]) {
    sequencer.submit(wordOf(number));
    await sequencer.postBatch();
    const assertion = node.assertions.get(await honest.assert());
    const statement = attestation(chain, assertion);
    const certificate = await members.certificate(statement, SEATS);
    attest = (await (await contract.attest(await view.currentEpoch(), statement, certificate)).wait())!.gasUsed;
    const [done] = await honest.validator.confirm();
    confirm = done.spent.gas;
  }
  return { "confirm.attested": confirm, attest };
}

function attestation({ chain, node }: TestChain, { parent, stateHash, end }: AssertionNode): Statement {
  return assertionStatement(chain.addresses.rollup, parent!.id, stateHash, node.derivation.inputHash(end - 1n));
}

/** A batch that all members keep. Its length does not matter: what is posted is its root. */
async function postCertified(chain: TestChain, connection: NetworkConnection, members: BondedMembers): Promise<bigint> {
  const { addresses, contracts, deployment } = chain.chain;
  const source = chain.config.sources.find(({ kind }) => kind === "committee");
  if (source?.kind !== "committee") throw new Error("The chain has no committee.");
  const { root } = new WordTree(new Uint8Array(BATCH).fill(1));
  const [, sequencer] = await connection.ethers.getSigners();
  let gas = 0n;
  for (let batch = 0; batch < 2; batch++) {
    const expiry = (await chain.chain.now()) + BigInt(source.retention) + HOUR;
    const count = await contracts.inbox.count();
    const last = (await contracts.inbox.inputHash(count - 1n)) as Hex;
    const statement = batchStatement(addresses.inbox, last, root, BigInt(BATCH), expiry);
    const posted = encodeCertifiedBatch(root, BigInt(BATCH), expiry, await members.certificate(statement, SEATS));
    const index = deployment.sources.indexOf("committee");
    const sent = await contracts.inbox.connect(sequencer).appendBatch(count, index, posted, []);
    gas = (await sent.wait())!.gasUsed;
  }
  return gas;
}

function wordHex(value: number): Hex {
  return bytesToHex(wordOf(value));
}
