import { PlannedError, RollupError } from "./errors.js";
import { isMachineName, MACHINE_NAMES, PLANNED_MACHINES, type MachineName } from "./machineTable.js";

/** @throws {RollupError} `PART_PLANNED` or `ARGUMENT_INVALID` unless there is a machine of that name. */
export function requireMachine(name: string, option = "--machine"): MachineName {
  if (isMachineName(name)) return name;
  const expected = MACHINE_NAMES.join(", ");
  if (PLANNED_MACHINES.includes(name)) throw new PlannedError(option, `machine ${name}`, `use one of: ${expected}`);
  throw new RollupError("ARGUMENT_INVALID", `${option} names no machine.`, { given: name, expected });
}
