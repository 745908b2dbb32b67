import { Console } from "../plugin/console/console.js";
import { MODES, modeParts } from "../plugin/modes.js";
import type { Mode } from "../plugin/modes.js";
import { formatRule } from "../plugin/rules/format.js";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

/** `rollup:modes`: the table of presets as they expand. */
const action: NewTaskActionFunction<{ json: boolean }> = ({ json }) => {
  const out = new Console(json);
  const columns = ["mode", "sources", "rule", "history", "bank", "answer", "status"].map((title) => ({ title }));
  const rows = MODES.map((mode) => [
    mode.name,
    mode.sources.map((source) => source.kind).join(", "),
    mode.rule === undefined ? "none" : formatRule(mode.rule),
    mode.history,
    mode.bank,
    mode.minResponse,
    status(mode),
  ]);
  out.table(columns, rows);
  out.result(
    MODES.map((mode) => ({
      mode: mode.name,
      status: mode.planned.length === 0 ? "built" : "planned",
      planned: mode.planned,
      ...modeParts(mode),
    })),
  );
};

/** Whether a mode can be used, and what it lacks. */
function status(mode: Mode): string {
  if (mode.planned.length > 0) return `planned: ${mode.planned.join(", ")}`;
  return mode.later.length === 0 ? "built" : `built; later: ${mode.later.join(", ")}`;
}

export default action;
