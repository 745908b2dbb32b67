import type { NetworkConnection } from "hardhat/types/network";

import { CERTIFICATE_DOMAIN } from "./committee/bls.js";
import { certify } from "./committee/statement.js";
import { formatStake } from "./committee/stake.js";
import { CommitteeUser } from "./committee/user.js";
import type { ChainConfig, CommitteeConfig, SourceKind } from "./config/types.js";
import type { Console } from "./console/console.js";
import { formatCount } from "./console/format.js";
import { Timeline } from "./console/timeline.js";
import { printSummary, type CommitteeDemoResult, type FinalityFigures } from "./committeeDemoResult.js";
import { castOf, deposit, describeStep, payWithdrawal, transact, type Cast, type LedgerWork } from "./demoActs.js";
import type { DemoOptions } from "./demo.js";
import { RollupError } from "./errors.js";
import { loadProgram } from "./guests/program.js";
import type { Hex } from "./hex.js";
import { Attester } from "./node/attester.js";
import type { SourceChoice } from "./node/postingPrices.js";
import { attestedQuorum } from "./rules/format.js";
import { MemberServers } from "./testing/memberServers.js";
import type { Party } from "./testing/party.js";
import { TestChain } from "./testing/testChain.js";
import { confirmAdvancing } from "./watch.js";

const ETHER = 10n ** 18n;
/** What Alice and Bob deposit each, and what Bob takes out, in wei. */
const DEPOSIT = 4n * ETHER;
const WITHDRAWAL = (5n * ETHER) / 2n;
/** Alice's transfers in each batch. */
const BATCH = 8;

/** What the acts of the story share. */
interface Stage {
  readonly connection: NetworkConnection;
  readonly chain: TestChain;
  readonly servers: MemberServers;
  readonly committee: CommitteeConfig;
  /** Signatures that the rule asks for. */
  readonly quorum: number;
  readonly cast: Cast;
  readonly honest: Party;
  readonly timeline: Timeline;
}

/**
 * Tells the whole story of a chain with a committee, whose members have real servers in this process: they vouch together; they fall silent and
 * the chain goes on as a rollup; and those who may be dishonest sign a false state, which is disputed, and lose their stakes.
 * @throws {RollupError} If any of it cannot be done; nothing is left out in silence.
 */
export async function runCommitteeDemo({ connection, config, seed, out }: DemoOptions): Promise<CommitteeDemoResult> {
  const started = performance.now();
  const stage = await setStage(connection, config, out);
  const { chain, servers, committee, quorum, cast, timeline } = stage;
  try {
    await deposit(chain, cast, timeline, DEPOSIT);
    const together = await out.during("members vouching", () => vouchTogether(stage));
    const paid = await payWithdrawal(chain, cast, timeline);
    const silent = await out.during("members falling silent", () => fallSilent(stage));
    const lie = await out.during("members lying", () => lieAndBeSlashed(stage, together, seed));
    const { executor, assertions } = chain.node;
    const seconds = (performance.now() - started) / 1000;
    const result: CommitteeDemoResult = {
      mode: config.mode,
      machine: chain.program.machine,
      guest: config.guest.name,
      steps: Number(executor.steps),
      committee: { size: committee.size, honest: committee.honest, quorum },
      together,
      silent,
      lie,
      confirmed: assertions.confirmed.end === executor.inputCount,
      withdrawal: { wei: WITHDRAWAL.toString(), paid },
      seconds: Math.round(seconds * 100) / 100,
    };
    printSummary(out, result, committee, timeline.elapsed);
    return result;
  } finally {
    await servers.end();
  }
}

async function setStage(connection: NetworkConnection, config: ChainConfig, out: Console): Promise<Stage> {
  const [committee] = config.committees;
  const quorum = committee && attestedQuorum(config.rule, committee.name);
  if (quorum === undefined) {
    throw new RollupError("NOT_ATTESTED", `The rule of chain "${config.name}" asks nothing of a committee.`);
  }
  const timeline = new Timeline(out, { costs: false });
  const cast = await castOf(connection);
  const program = await out.during("building the ledger", () => loadProgram(config));
  const chain = await out.during("deploying", () => TestChain.deploy(connection, config, program));
  const { gas, transactions } = chain.deployed;
  const what = `deploy ${config.mode} "${config.name}" and its committee`;
  timeline.tell(
    "deployer",
    `${what}  (${formatCount(gas)} gas in ${transactions} transactions)`,
    await chain.chain.now(),
  );
  const servers = await out.during("members joining", () => MemberServers.start(connection, chain));
  timeline.tell(
    "members",
    `${committee.size} join with ${formatStake(committee, committee.stake)} each, are drawn, and listen; ${quorum} signatures count, as ${committee.honest} are taken to be honest`,
    await chain.chain.now(),
  );
  const honest = await chain.honest({ name: "honest", signer: cast.honest, onEvent: timeline.party("honest") });
  return { connection, chain, servers, committee, quorum, cast, honest, timeline };
}

/** The happy path. */
async function vouchTogether(stage: Stage): Promise<FinalityFigures> {
  const { chain, timeline } = stage;
  const posted = await post(stage, { nonce: 0, withdrawal: WITHDRAWAL });
  // A chain begins with room for one input. This assertion of the first fixes that the next is about all the others.
  await stage.honest.assert();
  const { executor } = chain.node;
  timeline.tell("node", `executed ${executor.inputCount} inputs, ${formatCount(executor.steps)} steps`);
  return finalize(stage, posted);
}

/** All servers but one are gone: nothing is certified or attested, and nobody waits for it. */
async function fallSilent(stage: Stage): Promise<FinalityFigures> {
  const { servers, timeline } = stage;
  const [, ...others] = await servers.seated();
  await servers.stop(...others);
  timeline.tell("members", "all but one fall silent");
  const posted = await post(stage, { nonce: BATCH });
  const figures = await finalize(stage, posted);
  for (const member of others) await servers.restart(member);
  timeline.tell("members", "are back");
  return figures;
}

/** Those who may be dishonest sign a false state. If they are enough by themselves, the rule's short window is for disputing it. */
async function lieAndBeSlashed(
  stage: Stage,
  { secondsToFinality }: FinalityFigures,
  seed: number,
): Promise<CommitteeDemoResult["lie"]> {
  const { chain, cast, committee, quorum, timeline } = stage;
  await post(stage, { nonce: 2 * BATCH });
  const [shortest] = chain.chain.parameters.windows;
  // Where signatures alone make final, a quorum of liars is what the mode trusts not to exist.
  const disputable = secondsToFinality >= Number(shortest);
  const count = disputable ? quorum : committee.size - committee.honest;
  const parent = chain.node.assertions.confirmed.id;
  const liar = await chain.liar({ name: "liar", signer: cast.liar, seed, parent, onEvent: timeline.party("liar") });
  const step = `${formatCount(liar.lieAt)} (${await describeStep(chain, parent, liar.lieAt)})`;
  timeline.tell("liar", `falsify step ${step}`);
  const lie = await liar.assert();
  const epoch = await attestLie(stage, lie, count);
  await stage.honest.assert();
  let slashing: Awaited<ReturnType<typeof slash>> | undefined;
  const figures = await chain.playDispute([stage.honest, liar], {
    onTurn: async () => {
      if (slashing !== undefined || chain.node.assertions.get(lie).status !== "countered") return;
      slashing = await slash(stage, lie, epoch);
    },
  });
  const { createdAt } = chain.node.assertions.get(lie);
  const claims = stage.honest.claims(lie).map((claim) => claim.createdAt);
  const secondsToClaim = Number(claims.reduce((first, time) => (time < first ? time : first)) - createdAt);
  const slashed = slashing?.slashed.length ?? 0;
  const reward = slashing?.reward ?? 0n;
  return {
    signers: count,
    quorum: count >= quorum,
    secondsToClaim,
    secondsToEnd: secondsToClaim + Number(figures.chainSeconds),
    winner: figures.winner,
    instruction: figures.instruction ?? "",
    gas: { honest: Number(figures.gas.honest), dishonest: Number(figures.gas.dishonest) },
    slashed,
    reward: reward.toString(),
    burned: (committee.stake * BigInt(slashed) - reward).toString(),
  };
}

interface Posted {
  readonly source: SourceKind;
  readonly gas: number;
}

/** Posts a batch at the committee if the chain's data may be there, else in calldata: blobs take seconds to compute. */
async function post({ chain, cast, timeline }: Stage, work: LedgerWork): Promise<Posted> {
  const kinds = chain.config.sources.map(({ kind }) => kind);
  const source: SourceChoice = kinds.includes("committee") || !kinds.includes("calldata") ? "auto" : "calldata";
  const { posting, spent } = await transact(chain, cast, timeline, { ...work, source });
  return { source: posting.source, gas: Number(spent.gas) };
}

/** Asserts what follows, asks the members, and confirms as soon as the rule lets it. */
async function finalize(stage: Stage, posted: Posted): Promise<FinalityFigures> {
  const { chain, servers, quorum, cast, honest, timeline, connection } = stage;
  const id = await honest.assert();
  const onEvent = timeline.party("attester");
  const { attested } = await new Attester(chain.node, cast.honest, servers.client, quorum, onEvent).once();
  const mine = attested.find(({ assertion }) => assertion === id);
  const confirmed = await confirmAdvancing(honest.validator, connection);
  const done = confirmed.find(({ assertion }) => assertion === id);
  if (done === undefined) throw new RollupError("NOT_CONFIRMED", "The assertion was not confirmed.", { assertion: id });
  const { createdAt } = chain.node.assertions.get(id);
  return {
    source: posted.source,
    attesters: mine?.attesters ?? 0,
    gas: { batch: posted.gas, attest: Number(mine?.spent.gas ?? 0n), confirm: Number(done.spent.gas) },
    secondsToFinality: Number(done.timestamp - createdAt),
  };
}

/** Records that the first `count` seats have signed a false assertion; gives their epoch. */
async function attestLie({ chain, servers, cast, timeline }: Stage, lie: Hex, count: number): Promise<bigint> {
  const { committee } = servers;
  const { epoch, seats } = await committee.epoch();
  const assertion = chain.node.assertions.get(lie);
  const attester = new Attester(chain.node, cast.liar, servers.client, count);
  const statement = attester.statement(assertion.parent!, assertion);
  const digest = committee.digest(epoch, statement);
  const signatures = seats.slice(0, count).map(({ seat, member }) => {
    return { seat, signature: servers.secretOf(member).sign(digest, CERTIFICATE_DOMAIN) };
  });
  const call = committee.contract.attest.populateTransaction(epoch, statement, certify(signatures));
  await attester.sender.send("attest", "record who signed the lie", call);
  timeline.tell("members", `${count} of ${seats.length} have signed the lie`, await chain.chain.now());
  return epoch;
}

async function slash({ connection, chain, servers, cast, timeline }: Stage, lie: Hex, epoch: bigint) {
  const { provider } = connection.ethers;
  const user = new CommitteeUser(servers.committee, cast.honest, provider, timeline.party("honest"));
  const slashing = await user.slashWrong(chain.chain.addresses.rollup, lie, epoch);
  await user.collect();
  return slashing;
}
