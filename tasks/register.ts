import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { memberFiles, readOrMakeKey } from "../plugin/committee/member/memberFiles.js";
import { formatStake } from "../plugin/committee/stake.js";
import { formatDuration } from "../plugin/config/duration.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

interface RegisterArguments extends CommitteeArguments {
  readonly key: string | undefined;
}

/** `rollup:register` */
const action: NewTaskActionFunction<RegisterArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const { client, user } = await session.committee(args.committee);
  const { parameters, address } = client.committee;
  const member = await user.sender.address();
  const path = args.key ?? memberFiles(session.deployments, connection.networkName, member).key;
  const secret = await readOrMakeKey(path);
  out.line(
    `A stake of ${formatStake(parameters, parameters.stake)} goes with it, and comes back at the earliest ${formatDuration(parameters.unbonding)} after the member's last epoch.`,
  );
  const { spent, hash } = await user.register(secret);
  const pool = await client.committee.poolSize();
  out.line(`Member ${member} is in the pool with ${pool - 1} others; its secret key is in ${path}.`);
  out.result({ member, committee: address, key: secret.key, secret: path, pool, hash, gas: Number(spent.gas) });
};

export default action;
