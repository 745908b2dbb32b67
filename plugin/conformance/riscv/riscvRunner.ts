import { open, readFile } from "node:fs/promises";

import { RollupError } from "../../errors.js";
import { Exit } from "../../machines/exit.js";
import { isElf } from "../../machines/registers/elf.js";
import type { RegisterMachine } from "../../machines/registers/registerMachine.js";
import { nextKind } from "../../machines/riscv/describe.js";
import { loadRiscvProgram } from "../../machines/riscv/program.js";
import { CALL_NUMBER, FIRST_ARGUMENT, proveInstruction } from "../../machines/riscv/prove.js";
import { PC } from "../../machines/riscv/stepper.js";
import { Trap, TRAP_CAUSES } from "../../machines/traps.js";
import { observeStep } from "../registers.js";
import type { FileTally, Verdict } from "../report.js";
import type { ConformanceRunner, StepObserver } from "../runner.js";
import { Environment } from "./environment.js";

/** The call by which a test ends, with 0 if it passes. */
const EXIT_CALL = 93;

/** A test of one instruction takes some thousands of steps; whatever takes so many does not end. */
const MOST_STEPS = 2 ** 28;

const PROOFS = { kind: nextKind, prove: proveInstruction };

/** Runs tests that are programs: ELF files that pass if their `exit` says 0. */
class RiscvRunner implements ConformanceRunner {
  constructor(private readonly observer: StepObserver | undefined) {}

  async isTest(path: string): Promise<boolean> {
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
    try {
      return this.execute(loadRiscvProgram(new Uint8Array(await readFile(path))).load());
    } catch (error) {
      if (error instanceof RollupError) return failed(error.message);
      throw error;
    }
  }

  private execute(machine: RegisterMachine): Verdict {
    const environment = new Environment();
    for (let steps = 0; steps < MOST_STEPS;) {
      const { count, exit, trap } =
        this.observer === undefined ? machine.advance(MOST_STEPS - steps) : observeStep(machine, this.observer, PROOFS);
      steps += count;
      if (exit === Exit.returned) return failed("it waits for an input");
      if (exit !== Exit.trapped) continue;
      const { registers } = machine;
      if (trap === Trap.unknownCall && registers[CALL_NUMBER] === EXIT_CALL)
        return verdictOf(registers[FIRST_ARGUMENT]);
      if (trap === Trap.illegal && environment.emulate(machine)) continue;
      return failed(`it traps at 0x${(registers[PC] >>> 0).toString(16)}: ${TRAP_CAUSES[trap]}`);
    }
    return failed(`it runs for more than ${MOST_STEPS} steps`);
  }
}

function verdictOf(status: number): Verdict {
  return status === 0 ? { kind: "passed" } : failed(`exit with ${status}`);
}

function failed(given: string): Verdict {
  return { kind: "failed", given, expected: "exit with 0" };
}

/** Makes the runner of RISC-V machines. */
export function createRiscvRunner(observer: StepObserver | undefined): ConformanceRunner {
  return new RiscvRunner(observer);
}
