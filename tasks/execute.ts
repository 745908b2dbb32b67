import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { formatCount } from "../plugin/console/format.js";
import { bytesToHex } from "../plugin/hex.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

const COLUMNS = [
  { title: "input", align: "right" },
  { title: "kind" },
  { title: "bytes", align: "right" },
  { title: "steps", align: "right" },
  { title: "outcome" },
  { title: "logs", align: "right" },
] as const;

/** `rollup:execute` */
const action: NewTaskActionFunction<SessionArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const { executor } = await session.node("execute");
  const inputs = executor
    .executed()
    .map((executed) => ({ ...executed, header: executor.input(executed.number).header }));
  const rows = inputs.map(({ header, steps, outcome, logs }) =>
    [header.number, header.kind, formatCount(header.length), formatCount(steps), outcome, logs.length].map(String),
  );
  out.table(COLUMNS, rows);
  const boundary = executor.boundary(executor.inputCount);
  out.line();
  out.fields({
    steps: formatCount(executor.steps),
    "state hash": boundary?.hash ?? "",
    "output root": boundary?.state.outputRoot ?? "",
  });
  out.result({
    steps: Number(executor.steps),
    stateHash: boundary?.hash,
    state: boundary?.state,
    inputs: inputs.map(({ header, steps, outcome, logs }) => ({
      number: Number(header.number),
      kind: header.kind,
      length: Number(header.length),
      steps: Number(steps),
      outcome,
      logs: logs.map(({ data }) => bytesToHex(data)),
    })),
  });
};

export default action;
