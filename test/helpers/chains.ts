import binaryen from "binaryen";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import type { ChainUserConfig } from "../../plugin/config/types.js";
import { buildGuest } from "../../plugin/guests/build.js";
import { DEFAULT_MACHINE, MACHINES, type MachineName } from "../../plugin/machineTable.js";
import type { Program } from "../../plugin/machines/machine.js";
import { loadWasmProgram } from "../../plugin/machines/wasm/program.js";
import type { TestChain } from "../../plugin/testing/testChain.js";

/** A program from WebAssembly text. */
export function programOf(text: string): Program {
  const module = binaryen.parseText(text);
  const program = loadWasmProgram(module.emitBinary());
  module.dispose();
  return program;
}

/** The program of a guest that this package brings. */
export async function guestProgram(name: string, machine: MachineName = DEFAULT_MACHINE): Promise<Program> {
  const load = await MACHINES[machine].load();
  return load(await buildGuest(name, { machine }));
}

/**
 * Adds the input's length to a sum in memory as often as the first word of the input says, so that any number of steps can be
 * asked for; the sum is published.
 */
export const LOOP = programOf(`
  (module
    (import "rollup" "input_word" (func $input (param i32 i32)))
    (import "rollup" "publish" (func $publish (param i32)))
    (memory (export "memory") 1 1)
    (func (export "handle") (local $left i32)
      (call $input (i32.const 8) (i32.const 64))
      (local.set $left (i32.load (i32.const 64)))
      (block $done
        (loop $again
          (br_if $done (i32.eqz (local.get $left)))
          (i64.store (i32.const 0) (i64.add (i64.mul (i64.load (i32.const 0)) (i64.const 31)) (i64.extend_i32_u (local.get $left))))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $again)))
      (call $publish (i32.const 0))))`);

/** Publishes the length of the preimage of an input. */
export const PREIMAGES = programOf(`
  (module
    (import "rollup" "input_word" (func $input (param i32 i32)))
    (import "rollup" "preimage_word" (func $preimage (param i32 i32 i32)))
    (import "rollup" "publish" (func $publish (param i32)))
    (memory 1 1)
    (func (export "handle")
      (call $input (i32.const 8) (i32.const 0))
      (call $preimage (i32.const 0) (i32.const 0) (i32.const 32))
      (call $publish (i32.const 32))))`);

/** A batch for `LOOP`. */
export function loops(times: number): Uint8Array {
  const batch = new Uint8Array(32);
  new DataView(batch.buffer).setUint32(0, times, true);
  return batch;
}

/** Deploys a chain on a network of its own; its histories are in calldata, which is faster, unless the configuration says otherwise. */
export async function deployTestChain(
  config: ChainUserConfig = {},
  program: Program = LOOP,
  connect: () => Promise<NetworkConnection> = () => network.create(),
): Promise<TestChain> {
  const connection = await connect();
  return connection.rollup.deploy({ history: "calldata", ...config }, program);
}
