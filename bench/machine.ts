import { formatTable, type Column } from "../plugin/console/table.js";
import { benchComputingGuest, COMPUTING_GUESTS, findCompiler } from "./computingGuests.js";
import { benchEngines, benchTranslation, ENGINE_MACHINES, type EngineSpeeds } from "./engines.js";
import { benchHash } from "./hash.js";
import { benchLedgerEngines } from "./ledgerEngines.js";
import { benchLedger } from "./ledgerGuest.js";
import { TRANSFERS } from "./ledgerLoad.js";
import { print, progress, readOptions } from "./options.js";
import { MACHINE_PEERS } from "./peers.js";
import { RUNS, type Speeds } from "./speeds.js";

const COLUMNS: readonly Column[] = [
  { title: "guest" },
  ...["stepper", "whole inputs", "plain V8", "native", "of V8", "of native"].map((title) => ({
    title,
    align: "right" as const,
  })),
];

/** What the ledger's speeds are called where its signatures are new. */
const COLD = "ledger.cold";

/** By guest; those of `ledger` are of inputs that were executed before. */
async function measure(compiler: string | undefined): Promise<Record<string, Speeds>> {
  const speeds: Record<string, Speeds> = {};
  for (const guest of COMPUTING_GUESTS) {
    progress(guest.name);
    speeds[guest.name] = benchComputingGuest(guest, compiler);
  }
  progress("ledger");
  const { cold, warm } = await benchLedger();
  return { ...speeds, ledger: warm, [COLD]: cold };
}

const ENGINE_COLUMNS: readonly Column[] = [
  { title: "guest" },
  { title: "machine" },
  ...["stepper", "translator", "of V8"].map((title) => ({ title, align: "right" as const })),
];

/** By guest and machine; the ledger is the one in C. */
async function measureEngines(): Promise<Record<string, EngineSpeeds>> {
  const speeds: Record<string, EngineSpeeds> = {};
  for (const machine of ENGINE_MACHINES) {
    for (const guest of COMPUTING_GUESTS) {
      progress(`${guest.name} on ${machine}, to exact positions`);
      speeds[`${guest.name}.${machine}`] = benchEngines(machine, guest);
    }
    progress(`ledger on ${machine}, to exact positions`);
    speeds[`ledger.${machine}`] = await benchLedgerEngines(machine);
  }
  return speeds;
}

/** Flat keys; the WASM machine's stepper is measured above already. */
function engineKeys(engines: Record<string, EngineSpeeds>): Record<string, number> {
  const keys: Record<string, number> = {};
  for (const [name, { stepper, translator, ofV8 }] of Object.entries(engines)) {
    const [guest, machine] = name.split(".");
    if (machine !== "wasm") keys[`${machine}.stepper.${guest}`] = stepper;
    keys[`${machine}.translator.${guest}`] = translator;
    keys[`${machine}.translator.${guest}.ofV8`] = ofV8;
  }
  return keys;
}

function engineRow([name, { stepper, translator, ofV8 }]: [string, EngineSpeeds]): string[] {
  const millions = [stepper, translator].map((value) => (value / 1e6).toFixed(1));
  return [...name.split("."), ...millions, ofV8.toFixed(2)];
}

/** Flat keys; null where there is no such figure. */
function keysOf(speeds: Record<string, Speeds>, hash: object): Record<string, number | null> {
  const keys: Record<string, number | null> = {};
  for (const [name, { jit, stepper, v8, native }] of Object.entries(speeds)) {
    keys[`wasm.jit.${name}`] = jit;
    keys[`wasm.stepper.${name}`] = stepper;
    keys[`v8.${name}`] = v8;
    if (name !== COLD) keys[`native.${name}`] = native ?? null;
  }
  for (const [key, value] of Object.entries(hash)) keys[`hash.${key}`] = value as number;
  return keys;
}

function rowOf([name, { jit, stepper, v8, native }]: [string, Speeds]): string[] {
  const millions = [stepper, jit, v8, native].map((value) => (value === undefined ? "-" : (value / 1e6).toFixed(1)));
  return [name, ...millions, (jit / v8).toFixed(2), native === undefined ? "-" : (jit / native).toFixed(2)];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** How far the slowest guest's stepping, and its translated code, are ahead of what others publish of theirs. */
function peerLines(speeds: Record<string, Speeds>, engines: Record<string, EngineSpeeds>): string[] {
  const translated = Math.min(...Object.values(engines).map(({ translator }) => translator / 1e6));
  const slowest = Math.min(...Object.values(speeds).map(({ stepper }) => stepper / 1e6));
  return MACHINE_PEERS.map(
    ([peer, speed]) =>
      `${peer}: ${speed} million steps a second, as published; the slowest guest has ${(slowest / speed).toFixed(1)} times that by the stepper, ${(translated / speed).toFixed(1)} times by the translator`,
  );
}

const options = readOptions([]);
const compiler = findCompiler();
const speeds = await measure(compiler);
const engines = await measureEngines();
progress("translation of 1 MiB");
const translation = benchTranslation();
progress("hashes");
const hash = benchHash();
const ratios = Object.entries(speeds).flatMap(([name, { jit, v8 }]) => (name === COLD ? [] : [jit / v8]));

const keys = {
  ...keysOf(speeds, hash),
  ...engineKeys(engines),
  "translate.1MiB.seconds": translation.riscv,
  "translate.1MiB.mips.seconds": translation.mips,
};
print(options, keys, [
  ...formatTable(COLUMNS, Object.entries(speeds).map(rowOf)),
  `million steps a second, the fastest of ${RUNS} runs or more; whole inputs run at ${median(ratios).toFixed(2)} of plain V8 in the median, ${Math.min(...ratios).toFixed(2)} at least`,
  `ledger: a batch of ${TRANSFERS} transfers that this process has executed before, as in a dispute; ${COLD}: with signatures that it has never seen`,
  compiler === undefined
    ? "native: this system has no C compiler (cc, gcc or clang)"
    : `native: the same C code by ${compiler} -O2; the ledger is AssemblyScript, and its host calls have no native counterpart`,
  "",
  ...formatTable(ENGINE_COLUMNS, Object.entries(engines).map(engineRow)),
  "million steps a second of engines that stop at any position; of V8: the time that plain V8 takes for the same C code, in that of translated code",
  `1 MiB of code is translated in ${translation.riscv.toFixed(2)} s (riscv) and ${translation.mips.toFixed(2)} s (mips), all of it at once`,
  "",
  ...peerLines(speeds, engines),
  `keccak256 of 64 bytes: ${hash.mhashPerSecond.toFixed(2)} million a second`,
  `64 MiB hashed from scratch: ${hash.full64MiB.toFixed(2)} s; 100 changed pages: ${(hash.dirty100Pages * 1000).toFixed(1)} ms`,
]);
