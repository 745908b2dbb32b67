import { ZERO_WORD, type Hex } from "../../hex.js";
import { hashInputHeader, type Input } from "../../input.js";
import type { MachineState } from "../../machines/machine.js";
import { MerkleTree } from "../../machines/merkle.js";
import { hashCheckpoint, hashRejection } from "../../machines/state.js";
import { instructionKind } from "../../machines/wasm/disassemble.js";
import { Op, STACK_DEPTH } from "../../machines/wasm/instruction.js";
import type { WasmProgram } from "../../machines/wasm/program.js";
import { proveInstruction } from "../../machines/wasm/prove.js";
import { hashCore, type Core } from "../../machines/wasm/registers.js";
import { Exit } from "../../machines/exit.js";
import { TRAP_CAUSES } from "../../machines/traps.js";
import type { Advance, WasmMachine } from "../../machines/wasm/wasmMachine.js";
import type { SampledStep, StepObserver } from "../runner.js";
import type { Execution } from "./execution.js";

/** What a sampled step would go back to. No conformance test has inputs, so it is nothing that a machine ever was. */
const CHECKPOINT: { readonly core: Hex; readonly outputRoot: Hex } = {
  core: `0x${"22".repeat(32)}`,
  outputRoot: `0x${"33".repeat(32)}`,
};

const STEP = 1n;
const DEADLINE = 2n ** 36n;

/** No test reads an input; this one only says that there is one. */
const INPUT: Input = {
  header: {
    previous: ZERO_WORD,
    kind: "batch",
    sender: `0x${"00".repeat(20)}`,
    source: `0x${"00".repeat(20)}`,
    commitment: ZERO_WORD,
    length: 0n,
    budget: DEADLINE,
    number: 0n,
    timestamp: 0n,
    blockNumber: 0n,
  },
  data: new Uint8Array(),
  proveWord: () => new Uint8Array(),
};

const INPUT_HASH = hashInputHeader(INPUT.header);

/** Kinds of a program's instructions. */
interface Kinds {
  /** By number of the instruction; undefined for calls of what is outside. */
  readonly byNumber: readonly (string | undefined)[];
  readonly all: readonly string[];
}

const knownKinds = new WeakMap<WasmProgram, Kinds>();

/** Makes steps, at least one; steps of which samples are wanted one by one. */
export function advance(machine: WasmMachine, { observer, room }: Execution): Advance {
  if (observer === undefined) return machine.advance(room);
  const kinds = knownKinds.get(machine.program) ?? kindsOf(machine.program);
  knownKinds.set(machine.program, kinds);
  const done = kinds.all.some((kind) => observer.wants(kind))
    ? stepByStep(machine, observer, kinds, room)
    : machine.advance(room);
  const kind = kinds.byNumber[machine.registers.pc];
  if (done.exit === Exit.trapped && kind !== undefined) observeTrap(machine, observer, kind, done.trap);
  return done;
}

function stepByStep(machine: WasmMachine, observer: StepObserver, { byNumber }: Kinds, room: number): Advance {
  for (let count = 1; ; count++) {
    const kind = byNumber[machine.registers.pc];
    const done = kind !== undefined && observer.wants(kind) ? observeStep(machine, observer, kind) : machine.advance(1);
    if (done.exit !== Exit.steps || count >= room) return { ...done, count };
  }
}

function observeStep(machine: WasmMachine, observer: StepObserver, kind: string): Advance {
  const core = machine.registers.share();
  const done = machine.advance(1);
  if (done.exit === Exit.trapped || done.exit === Exit.host) return done;
  const after = machine.registers.share();
  const returned = done.exit === Exit.returned;
  observer.observe({
    kind,
    ...proofOf(machine.program, core),
    after: returned ? waiting(hashCore(emptied(after)), ZERO_WORD) : running(after),
  });
  return done;
}

/** A step that trapped has changed nothing. */
function observeTrap(machine: WasmMachine, observer: StepObserver, instruction: string, trap: number): void {
  const kind = `${instruction} traps: ${TRAP_CAUSES[trap]}`;
  if (!observer.wants(kind)) return;
  const rejections = hashRejection(ZERO_WORD, INPUT_HASH);
  const after = { ...waiting(CHECKPOINT.core, CHECKPOINT.outputRoot), rejections };
  observer.observe({ kind, ...proofOf(machine.program, machine.registers.share()), after });
}

function proofOf(program: WasmProgram, core: Core): Omit<SampledStep, "kind" | "after"> {
  const before = running(core);
  const witness = proveInstruction(program, core, { host: {}, input: INPUT, checkpoint: CHECKPOINT });
  return { program: program.hash, inputHash: INPUT_HASH, step: STEP, before, witness };
}

function running(core: Core): MachineState {
  const checkpoint = hashCheckpoint(CHECKPOINT.core, CHECKPOINT.outputRoot);
  return { ...waiting(hashCore(core), ZERO_WORD), checkpoint, deadline: DEADLINE };
}

function waiting(core: Hex, outputRoot: Hex): MachineState {
  return { core, checkpoint: ZERO_WORD, outputRoot, rejections: ZERO_WORD, inputCount: 1n, deadline: 0n };
}

/** As a core is when the handler has returned. */
function emptied(core: Core): Core {
  return { ...core, pc: 0, fp: 0, used: 0, stack: MerkleTree.empty(STACK_DEPTH) };
}

function kindsOf({ code }: WasmProgram): Kinds {
  const byNumber = code.map((item) => (item.op === Op.host ? undefined : instructionKind(item)));
  return { byNumber, all: [...new Set(byNumber)].filter((kind) => kind !== undefined) };
}
