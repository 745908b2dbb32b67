import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { formatDuration } from "../plugin/config/duration.js";
import { Validator } from "../plugin/node/validator.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { confirmAdvancing, nextWindowEnd } from "../plugin/watch.js";

interface ConfirmArguments extends SessionArguments {
  readonly advance: boolean;
}

/** `rollup:confirm` */
const action: NewTaskActionFunction<ConfirmArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const node = await session.node("asserter");
  const validator = new Validator(node, await session.signer("asserter"));
  const confirmed = await out.during("confirming", () =>
    args.advance ? confirmAdvancing(validator, connection) : validator.confirm(),
  );
  const windowEnd = await nextWindowEnd(node);
  if (windowEnd !== undefined) {
    const left = formatDuration(Number(windowEnd - (await node.chain.now())));
    out.line(`The next assertion waits ${left} for the end of its window.`);
  } else if (confirmed.length === 0) out.line("Nothing can be confirmed.");
  out.result({
    confirmed: confirmed.map(({ assertion }) => assertion),
    gas: Number(confirmed.reduce((sum, { spent }) => sum + spent.gas, 0n)),
    inputs: Number(node.assertions.confirmed.end),
    windowEnd: windowEnd === undefined ? null : Number(windowEnd),
  });
};

export default action;
