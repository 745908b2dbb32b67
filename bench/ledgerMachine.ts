import { encodeLedgerBatch, encodeLedgerDeposit } from "../plugin/guests/ledger.js";
import { buildGuest } from "../plugin/guests/build.js";
import type { Input } from "../plugin/input.js";
import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import type { WasmMachine } from "../plugin/machines/wasm/wasmMachine.js";
import { inputOf } from "../test/helpers/inputs.js";
import { addressOf, DOMAIN, sign } from "../test/helpers/ledgerScenario.js";
import { V8Guest } from "../test/helpers/v8Guest.js";
import type { Speeds } from "./machine.js";

const ETHER = 10n ** 18n;
const WITHDRAWALS = 40;
const RUNS = 5;

/**
 * The ledger's speeds over a batch of withdrawals, whole inputs with all that belongs to them: delivery, host calls, state at the end. Signatures
 * are recovered by JavaScript on every engine, by ethers on plain V8, so that this compares nodes rather than code.
 */
export async function benchLedger(): Promise<Speeds> {
  const bytes = await buildGuest("ledger");
  const deposit = inputOf({ kind: "deposit", data: encodeLedgerDeposit(addressOf(0), ETHER, DOMAIN) });
  const transactions = Array.from({ length: WITHDRAWALS }, (_, nonce) =>
    sign(0, { action: "withdrawal", to: addressOf(1), amount: 1n, nonce: BigInt(nonce) }),
  );
  const batch = inputOf({ number: 1n, data: encodeLedgerBatch(transactions) });
  const [stepped, whole] = [loadWasmProgram(bytes).start(), loadWasmProgram(bytes).start()];
  const stepper = secondsOnMachine(stepped, deposit, batch, (machine) => machine.run(Number.MAX_SAFE_INTEGER));
  const jit = secondsOnMachine(whole, deposit, batch, (machine) => machine.runWhole() ?? 0);
  const v8 = await secondsOnV8(bytes, deposit, batch);
  return {
    jit: jit.steps / jit.seconds,
    stepper: stepper.steps / stepper.seconds,
    v8: jit.steps / v8,
    native: undefined,
  };
}

function secondsOnMachine(
  machine: WasmMachine,
  deposit: Input,
  batch: Input,
  run: (machine: WasmMachine) => number,
): { readonly steps: number; readonly seconds: number } {
  machine.deliver(deposit);
  run(machine);
  const before = machine.snapshot();
  let [steps, seconds] = [0, Infinity];
  for (let i = 0; i < RUNS; i++) {
    machine.restore(before);
    const start = performance.now();
    machine.deliver(batch);
    steps = run(machine);
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { steps, seconds };
}

async function secondsOnV8(bytes: Uint8Array, deposit: Input, batch: Input): Promise<number> {
  let seconds = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const guest = await V8Guest.of(bytes);
    guest.run(deposit);
    const start = performance.now();
    guest.run(batch);
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return seconds;
}
