import type { Input } from "../../../plugin/input.js";
import type { MachineHost } from "../../../plugin/machines/machine.js";
import { NEXT, PC } from "../../../plugin/machines/mips/place.js";
import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import { assemble, bytesOf, call, WAIT } from "./assemble.js";

/** What of a running machine is set before its step. */
export interface Setting {
  readonly pc?: number;
  /** What runs behind `pc`; 4 further, if absent. */
  readonly next?: number;
  /** The instruction at `pc`; what is there, if absent. */
  readonly code?: number;
  /** By number. */
  readonly registers?: Readonly<Record<number, number>>;
  /** Bytes by address. */
  readonly memory?: Readonly<Record<number, Uint8Array>>;
}

const WAITS = assemble(call(WAIT));

/** A machine that handles `input` and comes to `setting`. */
export function startAt(input: Input, setting: Setting, host: MachineHost = {}): RegisterMachine {
  const machine = WAITS.start(host);
  machine.deliver(input);
  place(machine, setting);
  return machine;
}

/** Moves a running machine to `setting`. */
export function place(
  { registers, memory }: RegisterMachine,
  { pc, next, code, registers: values = {}, memory: bytes = {} }: Setting,
): void {
  if (pc !== undefined) registers[PC] = pc;
  registers[NEXT] = next ?? registers[PC] + 4;
  for (const [index, value] of Object.entries(values)) registers[Number(index)] = value;
  for (const [address, data] of Object.entries(bytes)) memory.write(Number(address), data);
  if (code !== undefined) memory.write(registers[PC] >>> 0, bytesOf([code]));
}
