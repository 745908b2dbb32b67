import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseHash, parseNatural } from "../plugin/arguments.js";
import { formatCount } from "../plugin/console/format.js";
import { diagnose, findDifference, suspectAssertion, traceOf } from "../plugin/diagnosis.js";
import type { Diagnosis, Difference } from "../plugin/diagnosis.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface DiagnoseArguments extends SessionArguments {
  readonly assertion: string | undefined;
  readonly position: string | undefined;
}

/** `rollup:diagnose` */
const action: NewTaskActionFunction<DiagnoseArguments> = async (args, hre) => {
  const asked = parseNatural("position", args.position);
  const id = parseHash("assertion", args.assertion);
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("diagnose");
  const assertion = id === undefined ? await suspectAssertion(node) : node.assertions.get(id);
  const trace = await traceOf(node, assertion);
  const difference = await out.during("comparing states", () => findDifference(node, assertion, trace));
  const position = asked ?? difference?.position ?? 0n;
  const diagnosis = await out.during("executing the step", () => diagnose(node, assertion, position, difference));
  out.line(describeDifference(difference));
  out.line();
  print(diagnosis, session);
  out.result({ difference: difference ?? null, ...diagnosis, agrees: agrees(diagnosis) });
};

function describeDifference(difference: Difference | undefined): string {
  if (difference === undefined) return "All that was said of this assertion's states is what this machine computes.";
  const { position, stride, by } = difference;
  if (stride === 1n) return `${by} says otherwise about the step at position ${formatCount(position)}.`;
  return `${by} says otherwise somewhere in the ${formatCount(stride)} positions after ${formatCount(position)}; no claim says where yet.`;
}

function print(diagnosis: Diagnosis, { out }: Session): void {
  const { position, input, step, before, after, computedHash, given, contract } = diagnosis;
  out.fields({
    assertion: diagnosis.assertion,
    position: formatCount(position),
    input: input === undefined ? "past the last" : `${input}, step ${formatCount(step)}`,
    instruction: before.text,
  });
  out.line();
  const names = [...new Set([...Object.keys(before.values), ...Object.keys(after?.values ?? {})])];
  const rows = names.map((name) => [name, before.values[name] ?? "", after?.values[name] ?? ""]);
  out.table([{ title: "word" }, { title: "before" }, { title: "after" }], rows);
  out.line();
  out.fields({
    computed: computedHash,
    contract: typeof contract === "string" ? contract : `refuses: ${contract.refused}`,
    given: given ?? "not known for this step",
  });
  out.line(
    agrees(diagnosis) ? "The contract computes what this machine does." : "THE CONTRACT DISAGREES WITH THIS MACHINE.",
  );
}

function agrees({ computedHash, contract }: Diagnosis): boolean {
  return contract === computedHash;
}

export default action;
