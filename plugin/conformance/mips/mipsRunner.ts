import { open, readFile } from "node:fs/promises";
import { basename, extname } from "node:path";

import { RollupError } from "../../errors.js";
import { Exit } from "../../machines/exit.js";
import { nextKind } from "../../machines/mips/describe.js";
import { CALL_NUMBER, FIRST_ARGUMENT, PC, RETURN } from "../../machines/mips/place.js";
import { loadMipsProgram, mipsProgram } from "../../machines/mips/program.js";
import { proveInstruction } from "../../machines/mips/prove.js";
import { isElf } from "../../machines/registers/elf.js";
import type { RegisterMachine } from "../../machines/registers/registerMachine.js";
import { Trap, TRAP_CAUSES } from "../../machines/traps.js";
import { observeStep } from "../registers.js";
import type { FileTally, Verdict } from "../report.js";
import type { ConformanceRunner, StepObserver } from "../runner.js";
import { Environment } from "./environment.js";

/** Where a test returns to when it is done. */
const DONE = 0xa7ef00d0;
/** What is there: `break`, at which the machine stops. */
const BREAK = Uint8Array.of(0, 0, 0, 0x0d);
/** Where a test says that it is done, and that it passes. */
const WORDS = [0xbffffff4, 0xbffffff8] as const;

/** Linux's calls that end a program. */
const EXITS: readonly number[] = [4001, 4246];
/** The test that ends with a call, with this. */
const EXIT_TEST = "exit_group";
const EXIT_TEST_STATUS = 1;
/** How names of tests end that have to trap. */
const TRAP_TESTS = "panic";

const IMAGE = ".bin";
const MOST_STEPS_OF_IMAGE = 1000;
const MOST_STEPS_OF_PROGRAM = 2 ** 28;

const PROOFS = { kind: nextKind, prove: proveInstruction };

/** What a test has to do. */
interface Expectation {
  /** With which it exits, if it may exit. */
  readonly status?: number;
  /** It must not return. */
  readonly neverReturns: boolean;
  readonly traps: boolean;
  readonly mostSteps: number;
}

/** Runs tests that are programs: raw images and ELF files, which return with two words that say so if they pass, exit, or trap. */
class MipsRunner implements ConformanceRunner {
  constructor(private readonly observer: StepObserver | undefined) {}

  async isTest(path: string): Promise<boolean> {
    if (extname(path) === IMAGE) return true;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
      return isElf(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }

  async run(path: string, tally: FileTally): Promise<void> {
    this.observer?.nextCommand();
    tally.add(1, "program", await this.verdictOn(path));
  }

  private async verdictOn(path: string): Promise<Verdict> {
    const bytes = new Uint8Array(await readFile(path));
    const elf = isElf(bytes);
    try {
      const image = { entry: 0, segments: [{ address: 0, data: bytes, size: bytes.length }] };
      const machine = (elf ? loadMipsProgram(bytes) : mipsProgram(image)).load();
      machine.registers[RETURN] = DONE;
      machine.memory.write(DONE, BREAK);
      return this.execute(machine, expectationOf(basename(path, extname(path)), elf));
    } catch (error) {
      if (error instanceof RollupError) return failed(error.message);
      throw error;
    }
  }

  private execute(machine: RegisterMachine, expected: Expectation): Verdict {
    const environment = new Environment();
    const { registers } = machine;
    for (let steps = 0; steps < expected.mostSteps;) {
      const { count, exit, trap } =
        this.observer === undefined
          ? machine.advance(expected.mostSteps - steps)
          : observeStep(machine, this.observer, PROOFS);
      steps += count;
      if (exit === Exit.returned) return failed("it waits for an input");
      if (exit !== Exit.trapped) continue;
      if (trap === Trap.breakpoint && registers[PC] >>> 0 === DONE) break;
      if (trap === Trap.unknownCall) {
        if (EXITS.includes(registers[CALL_NUMBER])) return verdictOnExit(registers[FIRST_ARGUMENT], expected);
        if (environment.emulate(machine)) continue;
      }
      if (expected.traps && trap !== Trap.unknownCall) return { kind: "passed" };
      return failed(`it traps at 0x${(registers[PC] >>> 0).toString(16)}: ${TRAP_CAUSES[trap]}`);
    }
    if (expected.traps) return failed("it does not trap");
    return expected.neverReturns ? failed("it does not exit") : verdictOnWords(machine);
  }
}

function expectationOf(name: string, elf: boolean): Expectation {
  const neverReturns = name === EXIT_TEST;
  const status = neverReturns ? EXIT_TEST_STATUS : elf ? 0 : undefined;
  const mostSteps = elf ? MOST_STEPS_OF_PROGRAM : MOST_STEPS_OF_IMAGE;
  return { status, neverReturns, traps: name.endsWith(TRAP_TESTS), mostSteps };
}

function verdictOnExit(given: number, { status }: Expectation): Verdict {
  return given === status ? { kind: "passed" } : failed(`exit with ${given}`);
}

function verdictOnWords({ memory }: RegisterMachine): Verdict {
  const words = WORDS.map((address) => Buffer.from(memory.read(address, 4)).readUInt32BE());
  return words.every((word) => word === 1) ? { kind: "passed" } : failed(`the words ${words.join(" and ")}`);
}

function failed(given: string): Verdict {
  return {
    kind: "failed",
    given,
    expected: "a return with the words 1 and 1, or an exit or a trap as the test wants it",
  };
}

/** Makes the runner of MIPS machines. */
export function createMipsRunner(observer: StepObserver | undefined): ConformanceRunner {
  return new MipsRunner(observer);
}
