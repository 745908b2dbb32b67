import type { Input } from "../plugin/input.js";
import { executeHostCall, type HostContext, type HostMemory } from "../plugin/machines/host.js";
import { HOST_CALLS } from "../plugin/machines/hostCalls.js";
import { HOST_MODULE } from "../plugin/machines/wasm/hostCalls.js";
import { Trap } from "../plugin/machines/traps.js";

/** A guest's module as V8 runs it, with the machine's own host functions: what a node would take that proves nothing. */
export class PlainGuest implements HostMemory {
  private readonly memory: WebAssembly.Memory;
  private readonly handle: () => void;
  private readonly context = { host: {}, input: undefined as Input | undefined, publish: () => undefined };

  constructor(module: WebAssembly.Module) {
    const calls = HOST_CALLS.map(({ name }, call) => [name, (...args: number[]) => this.call(call, args)] as const);
    const { exports } = new WebAssembly.Instance(module, { [HOST_MODULE]: Object.fromEntries(calls) });
    this.memory = exports.memory as WebAssembly.Memory;
    this.handle = exports.handle as () => void;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  get size(): number {
    return this.memory.buffer.byteLength;
  }

  read(address: number, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length);
  }

  write(address: number, data: Uint8Array): void {
    this.bytes.set(data, address);
  }

  /** @throws whatever ends the guest before it returns. */
  run(input: Input): void {
    this.context.input = input;
    this.handle();
  }

  private call(call: number, args: readonly number[]): void {
    const unsigned = args.map((arg) => arg >>> 0);
    const trap = executeHostCall(call, unsigned, this, this.context satisfies HostContext);
    if (trap !== Trap.none) throw new Error(`Host call ${HOST_CALLS[call].name} ends the guest (${trap}).`);
  }
}
