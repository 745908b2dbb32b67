import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { selectChain } from "../plugin/config/selectChain.js";
import { Console } from "../plugin/console/console.js";
import { formatCount } from "../plugin/console/format.js";
import { buildGuest } from "../plugin/guests/build.js";
import { loadWasmProgram } from "../plugin/machines/wasm/program.js";
import type { SessionArguments } from "../plugin/session.js";

/** `rollup:build` */
const action: NewTaskActionFunction<SessionArguments> = async ({ chain, json }, hre) => {
  const out = new Console(json);
  const { name, guest } = selectChain(hre.config.rollup, chain);
  const bytes = await out.during(`compiling ${guest.name}`, () => buildGuest(guest.path, { fromSource: true }));
  const program = loadWasmProgram(bytes);
  const genesis = program.start().stateHash();
  out.fields({
    chain: name,
    guest: `${guest.name}, ${formatCount(bytes.length)} bytes`,
    program: program.hash,
    genesis,
    instructions: formatCount(program.code.length),
    memory: `${program.minimumPages} pages of 64 KiB`,
  });
  out.result({
    chain: name,
    guest: guest.name,
    machine: program.machine,
    program: program.hash,
    genesis,
    bytes: bytes.length,
    instructions: program.code.length,
    pages: program.minimumPages,
  });
};

export default action;
