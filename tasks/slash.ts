import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { readEvidence } from "../plugin/committee/evidence.js";
import { formatStake } from "../plugin/committee/stake.js";
import type { CommitteeUser, Slashing } from "../plugin/committee/user.js";
import { RollupError } from "../plugin/errors.js";
import type { Hex } from "../plugin/hex.js";
import type { AssertionNode } from "../plugin/node/assertions.js";
import type { RollupNode } from "../plugin/node/node.js";
import { assertionStatement } from "../plugin/committee/statement.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

interface SlashArguments extends CommitteeArguments {
  readonly evidence: string | undefined;
  readonly assertion: string | undefined;
}

/** `rollup:slash` */
const action: NewTaskActionFunction<SlashArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const { client, user } = await session.committee(args.committee);
  const slashing =
    args.evidence === undefined
      ? await slashAttesters(session, user, args.assertion)
      : await user.slashConflict(await readEvidence(args.evidence));
  const struck = await user.strike();
  const collected = await user.collect();
  const { parameters } = client.committee;
  const burned = parameters.stake * BigInt(slashing.slashed.length) - slashing.reward;
  for (const member of slashing.slashed) out.line(`Member ${member} has lost its stake.`);
  out.line(
    `${formatStake(parameters, slashing.reward)} are the reporter's, ${formatStake(parameters, burned)} are burned.`,
  );
  if (struck.length > 0) out.line(`${struck.length} of their seats in other epochs were struck.`);
  out.result({
    slashed: slashing.slashed,
    struck: struck.length,
    reward: slashing.reward.toString(),
    burned: burned.toString(),
    gas: [slashing.done, ...struck, ...(collected ? [collected] : [])].reduce(
      (sum, { spent }) => sum + Number(spent.gas),
      0,
    ),
    hash: slashing.done.hash,
  });
};

/** Of the assertion that was named, else of the oldest that a dispute has shown wrong and somebody is recorded to have signed. */
async function slashAttesters(session: Session, user: CommitteeUser, id: string | undefined): Promise<Slashing> {
  const node = await session.node("reporter");
  const wrong = node.assertions.all().filter(({ status }) => status === "countered");
  for (const assertion of wrong) {
    if (id !== undefined && assertion.id !== id.toLowerCase()) continue;
    const epoch = await attestedIn(user, node, assertion);
    if (epoch !== undefined) return user.slashWrong(node.chain.addresses.rollup, assertion.id, epoch);
  }
  throw new RollupError("NOBODY_TO_SLASH", "Nobody is recorded to have attested such an assertion.", {
    given: id,
    countered: wrong.map((assertion) => assertion.id).join(", ") || "no assertion",
    do: "show two conflicting statements with --evidence FILE",
  });
}

/** The epoch in which members have signed an assertion: that in which it was made, or the one before if they were early. */
async function attestedIn(
  { committee }: CommitteeUser,
  { chain, derivation }: RollupNode,
  { parent, stateHash, end, createdAt }: AssertionNode,
): Promise<bigint | undefined> {
  const last: Hex = derivation.inputHash(end - 1n);
  const statement = assertionStatement(chain.addresses.rollup, parent!.id, stateHash, last);
  const made = await committee.epochAt(createdAt);
  for (const epoch of [made, made - 1n]) {
    if (epoch > 0n && (await committee.attesters(epoch, statement)) !== 0n) return epoch;
  }
  return undefined;
}

export default action;
