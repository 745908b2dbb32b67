import { dirname } from "node:path";

import type { FileTally } from "../report.js";
import type { ConformanceRunner, StepObserver } from "../runner.js";
import { describeCommand, readScript } from "./script.js";
import { ScriptRun } from "./scriptRun.js";

/** Runs the WebAssembly specification's tests, as wast2json writes them, on flat machines. */
class WasmRunner implements ConformanceRunner {
  constructor(private readonly observer: StepObserver | undefined) {}

  async isTest(path: string): Promise<boolean> {
    return path.endsWith(".json") && (await readScript(path)) !== undefined;
  }

  async run(path: string, tally: FileTally): Promise<void> {
    const script = await readScript(path);
    const run = new ScriptRun(dirname(path), this.observer);
    for (const command of script?.commands ?? []) {
      this.observer?.nextCommand();
      tally.add(command.line, describeCommand(command), await run.run(command));
    }
  }
}

/** Makes the runner of WASM machines. */
export function createWasmRunner(observer: StepObserver | undefined): ConformanceRunner {
  return new WasmRunner(observer);
}
