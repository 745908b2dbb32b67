import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseBytes, parseNatural } from "../plugin/arguments.js";
import { bytesToHex } from "../plugin/hex.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import { User } from "../plugin/node/user.js";
import { SentData } from "../plugin/sentData.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface RelayArguments extends SessionArguments {
  readonly index: string | undefined;
  readonly data: string | undefined;
}

/** `rollup:relay` */
const action: NewTaskActionFunction<RelayArguments> = async (args, hre) => {
  const index = parseNatural("index", args.index);
  const given = parseBytes("data", args.data);
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("user");
  const signer = await session.signer("user");
  const ledger = new LedgerUser(node, signer);
  const me = await ledger.address();
  const waiting = await ledger.unexecuted();
  const wanted = waiting.filter(({ message }) =>
    index === undefined ? message.sender === me : message.index === index,
  );
  const kept = new SentData(session.deployments, session.connection.networkName, session.config.name);
  const user = new User(node, signer);
  const executed = [];
  for (const { message, proof } of wanted) {
    const data = await kept.find(message.dataHash, given && bytesToHex(given));
    const done = await out.during("executing", () => user.execute(message, data, proof));
    executed.push({ ...message, data, hash: done.hash, gas: Number(done.spent.gas) });
  }
  if (wanted.length === 0) {
    const others = waiting.map(({ message }) => message.index).join(", ");
    out.line(
      `No message of ${me} waits in the confirmed state; ${others === "" ? "nobody's does" : `of others: ${others}`}. rollup:confirm makes a later state count.`,
    );
  }
  out.result({ executed, waiting: waiting.length - wanted.length });
};

export default action;
