import { errorResult } from "hardhat/utils/result";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { openExplorer } from "../plugin/verify/openExplorer.js";
import { verifyChain } from "../plugin/verify/verifyChain.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface VerifyArguments extends SessionArguments {
  /** `--explorer`: `etherscan` or `sourcify`. */
  readonly explorer: string;
}

const COLUMNS = ["contract", "address", "result", ""].map((title) => ({ title }));

/** `rollup:verify` */
const action: NewTaskActionFunction<VerifyArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const chain = await session.chain();
  const explorer = await openExplorer(args.explorer, session.connection, hre.config);
  const results = await out.during(`verifying ${chain.name} on ${explorer.name}`, () =>
    verifyChain(chain, explorer, ({ contract, result }) => out.note(`${contract}: ${result}`)),
  );
  out.table(
    COLUMNS,
    results.map(({ contract, address, result, message }) => [contract, address, result, message]),
  );
  out.result({ chain: chain.name, explorer: explorer.name, contracts: results });
  if (results.some(({ result }) => result === "failed")) return errorResult();
};

export default action;
