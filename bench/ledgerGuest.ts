import { Wallet } from "ethers";

import { buildGuest } from "../plugin/guests/build.js";
import {
  encodeLedgerBatch,
  encodeLedgerDeposit,
  signLedgerTransaction,
  type LedgerDomain,
} from "../plugin/guests/ledger.js";
import { bytesToHex, wordOf, type Hex } from "../plugin/hex.js";
import type { Input } from "../plugin/input.js";
import { forgetSigners } from "../plugin/machines/recovery.js";
import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import type { WasmMachine } from "../plugin/machines/wasm/wasmMachine.js";
import { inputOf } from "../test/helpers/inputs.js";
import { recipient, TRANSFERS } from "./ledgerLoad.js";
import { PlainGuest } from "./plainGuest.js";
import { fastest, seconds, type Speeds } from "./speeds.js";

const ETHER = 10n ** 18n;
const DOMAIN: LedgerDomain = { chainId: 31337n, bridge: `0x${"b1".repeat(20)}` };

/** Whole inputs, with all that belongs to them: delivery, host calls, what is kept of memory at the end. */
export interface LedgerSpeeds {
  /** Every signature is new to the process, as when a node meets an input for the first time. */
  readonly cold: Speeds;
  /** The process has executed the input before, as a dispute does again and again for its histories and witnesses. */
  readonly warm: Speeds;
}

/** The ledger's speeds over a batch of transfers, the same that `bench:dispute` posts. */
export async function benchLedger(): Promise<LedgerSpeeds> {
  const bytes = await buildGuest("ledger");
  const [deposit, batch] = await ledgerInputs();
  const [stepped, whole] = [loadWasmProgram(bytes).start(), loadWasmProgram(bytes).start()];
  stepped.runner.pace = "never";
  const module = new WebAssembly.Module(bytes);
  const counts = new Set<number>();
  const runs = [
    ready(stepped, deposit, batch, (machine) => machine.run(Number.MAX_SAFE_INTEGER), counts),
    ready(whole, deposit, batch, (machine) => machine.runWhole(), counts),
    () => {
      const guest = new PlainGuest(module);
      guest.run(deposit);
      return () => guest.run(batch);
    },
  ];
  const warm = fastest(...runs.map((prepare) => () => seconds(prepare())));
  const cold = fastest(...runs.map((prepare) => () => secondsWithoutSigners(prepare())));
  const [steps, ...others] = counts;
  if (others.length > 0) throw new Error(`The engines count ${[...counts].join(", ")} steps.`);
  const speeds = ([stepper, jit, v8]: readonly number[]): Speeds => ({
    stepper: steps / stepper,
    jit: steps / jit,
    v8: steps / v8,
    native: undefined,
  });
  return { cold: speeds(cold), warm: speeds(warm) };
}

/** A deposit, and one account's transfers to many. */
export async function ledgerInputs(): Promise<[Input, Input]> {
  const wallet = new Wallet(bytesToHex(wordOf(0xbe7c4)));
  const signed = Array.from({ length: TRANSFERS }, (_, at) =>
    signLedgerTransaction(wallet, DOMAIN, { action: "transfer", to: recipient(at), amount: 1n, nonce: BigInt(at) }),
  );
  const deposit = encodeLedgerDeposit(wallet.address.toLowerCase() as Hex, ETHER, DOMAIN);
  return [
    inputOf({ kind: "deposit", data: deposit }),
    inputOf({ number: 1n, data: encodeLedgerBatch(await Promise.all(signed)) }),
  ];
}

/** What sets a machine back to where the batch comes, and gives what executes it. */
function ready(
  machine: WasmMachine,
  deposit: Input,
  batch: Input,
  run: (machine: WasmMachine) => number | undefined,
  counts: Set<number>,
): () => () => void {
  machine.deliver(deposit);
  run(machine);
  const before = machine.snapshot();
  return () => {
    machine.restore(before);
    return () => {
      machine.deliver(batch);
      const steps = run(machine);
      if (steps === undefined || machine.outcome !== "returned") throw new Error("The ledger's batch is not executed.");
      counts.add(steps);
    };
  };
}

function secondsWithoutSigners(work: () => void): number {
  forgetSigners();
  return seconds(work);
}
