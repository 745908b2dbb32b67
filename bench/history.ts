import { formatTable, type Column } from "../plugin/console/table.js";
import type { Input } from "../plugin/input.js";
import type { Machine, Program } from "../plugin/machines/machine.js";
import { MachineTrace } from "../plugin/node/machineTrace.js";
import { WordTree } from "../plugin/sources/wordTree.js";
import { endlessGuests } from "./historyGuests.js";
import { benchKzg } from "./kzg.js";
import { print, progress, readOptions } from "./options.js";

const STATES = 4096;
const STEP_BITS = 40;
/** Logarithms of the steps that a history spans; the guest that sorts is measured over more. */
const SPANS = [24, 30];
const LONG_SPANS: Readonly<Record<string, readonly number[]>> = { quicksort: [...SPANS, 32] };

/** Seconds. */
interface HistoryTime {
  readonly total: number;
  readonly running: number;
  /** With the copies of changed pages, which only hashes need. */
  readonly hashing: number;
  /** Bytes that the trace keeps. */
  readonly kept: number;
}

/** The time of 4,096 equally spaced states over the first `2^span` steps of an input. */
async function benchHistory(program: Program, span: number): Promise<HistoryTime> {
  const machine = program.start();
  const boundaries = [machine.snapshot()];
  const spent = { running: 0, hashing: 0 };
  const timed = clocked(machine, spent);
  const trace = new MachineTrace({ machine: timed, stepBits: STEP_BITS, inputs: [endlessInput()], boundaries });
  const stride = 2n ** BigInt(span) / BigInt(STATES);
  const before = heldBytes();
  const start = performance.now();
  await trace.stateHashes(Array.from({ length: STATES }, (_, index) => BigInt(index + 1) * stride));
  const total = (performance.now() - start) / 1000;
  return {
    total,
    running: spent.running / 1000,
    hashing: spent.hashing / 1000,
    kept: Math.max(0, heldBytes() - before),
  };
}

/** A machine that tells how long it runs and how long it hashes. */
function clocked(machine: Machine, spent: { running: number; hashing: number }): Machine {
  const clocks: Partial<Record<keyof Machine, keyof typeof spent>> = {
    run: "running",
    deliver: "running",
    restore: "running",
    stateHash: "hashing",
    snapshot: "hashing",
  };
  return new Proxy(machine, {
    get(target, name: keyof Machine): unknown {
      const value: unknown = Reflect.get(target, name);
      const clock = clocks[name];
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        const start = performance.now();
        try {
          return value.apply(target, given) as unknown;
        } finally {
          if (clock) spent[clock] += performance.now() - start;
        }
      };
    },
  });
}

function endlessInput(): Input {
  const tree = new WordTree(new Uint8Array());
  const zero = { address: `0x${"00".repeat(20)}`, word: `0x${"00".repeat(32)}` } as const;
  const header = {
    previous: zero.word,
    kind: "batch",
    sender: zero.address,
    source: zero.address,
    commitment: tree.root,
    length: 0n,
    budget: 2n ** BigInt(STEP_BITS) - 1n,
    number: 0n,
    timestamp: 0n,
    blockNumber: 0n,
  } as const;
  return { header, data: new Uint8Array(), proveWord: (index) => tree.prove(index) };
}

function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const right = (title: string): Column => ({ title, align: "right" });
const HISTORY_COLUMNS = [{ title: "guest" }, ...["steps", "seconds", "running", "hashing", "MiB kept"].map(right)];
const KZG_COLUMNS = [{ title: "library" }, { title: "operation" }, ...["full blob", "idle after 100"].map(right)];

function historyRow([key, time]: [string, HistoryTime]): string[] {
  const [guest, span] = key.split(".");
  const seconds = [time.total, time.running, time.hashing].map((value) => value.toFixed(2));
  return [guest, `2^${span}`, ...seconds, (time.kept / 2 ** 20).toFixed(0)];
}

function kzgRows(times: Record<string, number>): string[][] {
  const shown = (time: number | undefined): string => (time === undefined ? "-" : `${time.toFixed(0)} ms`);
  const operations = new Set(Object.keys(times).map((key) => key.split(".").slice(0, 2).join(".")));
  return [...operations].map((key) => {
    const [library, operation] = key.split(".");
    return [library, operation, shown(times[`${key}.full`] ?? times[key]), shown(times[`${key}.idle`])];
  });
}

const options = readOptions([]);
progress("KZG");
const kzg = await benchKzg();
const histories: Record<string, HistoryTime> = {};
for (const { name, program } of endlessGuests()) {
  for (const span of LONG_SPANS[name] ?? SPANS) {
    progress(`${name}, 2^${span} steps`);
    histories[`${name}.${span}`] = await benchHistory(program, span);
  }
}
const keys: Record<string, number> = {};
for (const [key, value] of Object.entries(kzg)) keys[`kzg.${key}`] = value;
for (const [key, time] of Object.entries(histories)) {
  for (const [name, value] of Object.entries(time)) keys[`history.${key}.${name}`] = value as number;
}
print(options, keys, [
  ...formatTable(KZG_COLUMNS, kzgRows(kzg)),
  "a blob's 4,096 elements are all different, or all the same from the 100th on, as in a history that idles; the first use reads the setup",
  "",
  ...formatTable(HISTORY_COLUMNS, Object.entries(histories).map(historyRow)),
  `${STATES.toLocaleString("en-US")} equally spaced states of an input, in one run forward`,
]);
