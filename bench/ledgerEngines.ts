import { buildGuest } from "../plugin/guests/build.js";
import type { Input } from "../plugin/input.js";
import type { RegisterMachine } from "../plugin/machines/registers/registerMachine.js";
import type { Pace } from "../plugin/machines/translate/pacedRunner.js";
import type { WasmMachine } from "../plugin/machines/wasm/wasmMachine.js";
import { MACHINES } from "../plugin/machineTable.js";
import type { EngineMachine, EngineSpeeds } from "./engines.js";
import { ledgerInputs } from "./ledgerGuest.js";
import { PlainGuest } from "./plainGuest.js";
import { fastest, seconds } from "./speeds.js";

/** The ledger in C over a batch of transfers that the process has executed before. */
export async function benchLedgerEngines(machine: EngineMachine): Promise<EngineSpeeds> {
  const [deposit, batch] = await ledgerInputs();
  const module = new WebAssembly.Module(await buildGuest("ledger-c", { machine: "wasm" }));
  const [ours, theirs] = [await batches(machine, "at once", deposit), await batches(machine, "never", deposit)];
  const steps = ours(batch)();
  const plain = (): (() => void) => {
    const guest = new PlainGuest(module);
    guest.run(deposit);
    return () => guest.run(batch);
  };
  const [translator, stepper, v8] = fastest(
    ...[() => ours(batch), () => theirs(batch), plain].map((prepare) => () => seconds(prepare())),
  );
  return { stepper: steps / stepper, translator: steps / translator, ofV8: v8 / translator };
}

/** What sets a machine back to where the batch comes, and gives what executes it and tells its steps. */
async function batches(name: EngineMachine, pace: Pace, deposit: Input): Promise<(batch: Input) => () => number> {
  const load = await MACHINES[name].load();
  const machine = load(await buildGuest("ledger-c", { machine: name })).start() as RegisterMachine | WasmMachine;
  machine.runner.pace = pace;
  machine.deliver(deposit);
  machine.run(Number.MAX_SAFE_INTEGER);
  const before = machine.snapshot();
  return (batch) => {
    machine.restore(before);
    machine.deliver(batch);
    return () => {
      const steps = machine.run(Number.MAX_SAFE_INTEGER);
      if (machine.outcome !== "returned") throw new Error(`The ledger's batch is not executed on ${name}.`);
      return steps;
    };
  };
}
