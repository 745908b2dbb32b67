import { errorResult, successfulResult } from "hardhat/utils/result";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { signedToJson } from "../plugin/committee/evidence.js";
import { attestedQuorum } from "../plugin/rules/format.js";
import { RollupError } from "../plugin/errors.js";
import { Attester } from "../plugin/node/attester.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

/** `rollup:attest` */
const action: NewTaskActionFunction<CommitteeArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const { config, client } = await session.committee(args.committee);
  const quorum = attestedQuorum(session.config.rule, config.name);
  if (quorum === undefined) {
    throw new RollupError(
      "NOT_ATTESTED",
      `The rule of chain "${session.config.name}" asks nothing of this committee.`,
      {
        committee: config.name,
        expected: "a rule with attested(...)",
      },
    );
  }
  const node = await session.node("attester");
  const attester = new Attester(node, await session.signer("asserter"), client, quorum);
  const { attested, missed } = await out.during("asking the committee", () => attester.once());
  for (const { assertion, epoch, attesters } of attested) {
    out.line(
      `Assertion ${assertion.slice(0, 10)} is attested by ${attesters} of epoch ${epoch}; ${quorum} are needed.`,
    );
  }
  for (const [assertion, error] of missed) out.line(`Assertion ${assertion.slice(0, 10)}: ${error.message}`);
  if (attested.length + missed.size === 0) out.line("No assertion waits for signatures.");
  out.result({
    quorum,
    attested: attested.map(({ assertion, attesters, spent, hash, ...signed }) => ({
      assertion,
      attesters,
      hash,
      gas: Number(spent.gas),
      signed: signedToJson(signed),
    })),
    missed: [...missed].map(([assertion, { signed, failures }]) => ({ assertion, signed: signed.length, failures })),
  });
  return missed.size === 0 ? successfulResult() : errorResult();
};

export default action;
