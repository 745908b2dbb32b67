import { ZERO_WORD, type Hex } from "../hex.js";
import { hashInputHeader, type Input } from "../input.js";
import { Exit } from "../machines/exit.js";
import type { MachineState } from "../machines/machine.js";
import type { ProofContext } from "../machines/proof.js";
import { hashRegisterCore, type RegisterCore } from "../machines/registers/core.js";
import type { Advance, RegisterMachine } from "../machines/registers/registerMachine.js";
import { hashCheckpoint, hashRejection } from "../machines/state.js";
import { TRAP_CAUSES } from "../machines/traps.js";
import type { StepObserver } from "./runner.js";

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

const CONTEXT: ProofContext = { host: {}, input: INPUT, checkpoint: CHECKPOINT };
const INPUT_HASH = hashInputHeader(INPUT.header);

/** How the steps of a machine's programs are named and proved. */
export interface StepProofs {
  /** The kind of the next instruction. */
  kind(machine: RegisterMachine): string;
  prove(core: RegisterCore, context: ProofContext): Uint8Array;
}

/** Executes one instruction, and tells an observer of it that wants one of its kind; one that trapped has changed nothing. */
export function observeStep(machine: RegisterMachine, observer: StepObserver, proofs: StepProofs): Advance {
  const kind = proofs.kind(machine);
  const before = observer.wants(kind) ? machine.shareCore() : undefined;
  const done = machine.advance(1);
  const trapped = done.exit === Exit.trapped;
  const named = trapped ? `${kind} traps: ${TRAP_CAUSES[done.trap]}` : kind;
  if (!observer.wants(named)) return done;
  const core = before ?? machine.shareCore();
  observer.observe({
    kind: named,
    program: machine.program.hash,
    inputHash: INPUT_HASH,
    step: STEP,
    before: stateOf(hashRegisterCore(core), true),
    witness: proofs.prove(core, CONTEXT),
    after: trapped ? RESTORED : stateOf(hashRegisterCore(machine.shareCore()), done.exit !== Exit.returned),
  });
  return done;
}

function stateOf(core: Hex, running: boolean): MachineState {
  return {
    core,
    checkpoint: running ? hashCheckpoint(CHECKPOINT.core, CHECKPOINT.outputRoot) : ZERO_WORD,
    outputRoot: ZERO_WORD,
    rejections: ZERO_WORD,
    inputCount: 1n,
    deadline: running ? DEADLINE : 0n,
  };
}

const RESTORED: MachineState = {
  ...stateOf(CHECKPOINT.core, false),
  outputRoot: CHECKPOINT.outputRoot,
  rejections: hashRejection(ZERO_WORD, INPUT_HASH),
};
