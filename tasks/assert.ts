import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { Validator } from "../plugin/node/validator.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

/** `rollup:assert` */
const action: NewTaskActionFunction<SessionArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("asserter");
  const validator = new Validator(node, await session.signer("asserter"));
  const made = await out.during("asserting", () => validator.assert());
  if (made === undefined) {
    const next = node.derivation.inputs.length;
    out.line(`Nothing to assert: all ${next} inputs are covered. rollup:batch makes more.`);
    return out.result({ assertion: null });
  }
  const { stateHash, first, end } = node.assertions.get(made.assertion);
  out.line(`Assertion ${made.assertion}`);
  out.result({
    assertion: made.assertion,
    stateHash,
    first,
    end,
    hash: made.hash,
    gas: Number(made.spent.gas),
    bond: made.spent.value,
  });
};

export default action;
