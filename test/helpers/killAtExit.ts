import type { ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();

/** Kills a process when this one ends before it: nobody is left behind. */
export function killAtExit(child: ChildProcess): void {
  if (children.size === 0) process.once("exit", () => children.forEach((each) => each.kill("SIGKILL")));
  children.add(child);
  child.once("close", () => children.delete(child));
}
