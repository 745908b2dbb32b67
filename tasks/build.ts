import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { requireMachine } from "../plugin/requireMachine.js";
import { selectChain } from "../plugin/config/selectChain.js";
import { Console } from "../plugin/console/console.js";
import { formatCount } from "../plugin/console/format.js";
import { buildGuest } from "../plugin/guests/build.js";
import { MACHINES } from "../plugin/machineTable.js";
import { RegisterProgram } from "../plugin/machines/registers/registerProgram.js";
import { WasmProgram } from "../plugin/machines/wasm/program.js";
import type { Program } from "../plugin/machines/machine.js";
import type { SessionArguments } from "../plugin/session.js";

interface BuildArguments extends SessionArguments {
  readonly target: string | undefined;
}

/** What a program is made of, in the terms of its machine. */
type Sizes = Readonly<Record<string, number>>;

/** `rollup:build` */
const action: NewTaskActionFunction<BuildArguments> = async ({ chain, target, json }, hre) => {
  const out = new Console(json);
  const config = selectChain(hre.config.rollup, chain);
  const { name, guest } = config;
  const machine = target === undefined ? config.machine : requireMachine(target, "--target");
  const bytes = await out.during(`compiling ${guest.name}`, () =>
    buildGuest(guest.path, { fromSource: true, machine }),
  );
  const program = (await MACHINES[machine].load())(bytes);
  const genesis = program.start().stateHash();
  const sizes = sizesOf(program);
  out.fields({
    chain: name,
    guest: `${guest.name}, ${formatCount(bytes.length)} bytes`,
    program: program.hash,
    genesis,
    ...shown(sizes),
  });
  out.result({
    chain: name,
    guest: guest.name,
    machine: program.machine,
    program: program.hash,
    genesis,
    bytes: bytes.length,
    ...sizes,
  });
};

function sizesOf(program: Program): Sizes {
  if (program instanceof WasmProgram) return { instructions: program.code.length, pages: program.minimumPages };
  if (!(program instanceof RegisterProgram)) return {};
  const { entry, segments } = program.image;
  return { entry, memory: segments.reduce((sum, { size }) => sum + size, 0) };
}

function shown({ instructions, pages, entry, memory }: Sizes): Record<string, string> {
  if (instructions !== undefined) {
    return { instructions: formatCount(instructions), memory: `${pages} pages of 64 KiB` };
  }
  return { entry: `0x${entry.toString(16)}`, memory: `${formatCount(memory)} bytes` };
}

export default action;
