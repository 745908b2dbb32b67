import { keccak256, recoverAddress, sha256 } from "ethers";

import { bytesToHex, hexToBytes, wordOf, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { INPUT_KINDS, type Input } from "../../plugin/input.js";
import type { GuestLog, InputOutcome } from "../../plugin/machines/machine.js";

/** Thrown by host calls to leave the guest. */
class Rejected extends Error {}
class Trapped extends Error {}

/** secp256k1's order. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

type Exports = Record<string, unknown> & { memory: WebAssembly.Memory; handle: () => void };

/**
 * A guest on V8, with host calls written from their description in ARCHITECTURE.md and ethers' cryptography: it shares no code with the
 * machine that is provable.
 */
export class V8Guest {
  outputRoot: Hex = ZERO_WORD;
  logs: GuestLog[] = [];
  private input: Input | undefined;
  private readonly instance: Exports;
  private readonly globals: WebAssembly.Global[];

  private constructor(
    bytes: Uint8Array,
    globalCount: number,
    private readonly preimages: ReadonlyMap<Hex, Uint8Array>,
  ) {
    const imports = { rollup: this.hostCalls() };
    this.instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Exports;
    this.globals = Array.from(
      { length: globalCount },
      (_, index) => this.instance[`global${index}`] as WebAssembly.Global,
    );
  }

  /** Instantiates a guest's module, with its globals exported besides. */
  static async of(bytes: Uint8Array, preimages: ReadonlyMap<Hex, Uint8Array> = new Map()): Promise<V8Guest> {
    const { default: binaryen } = await import("binaryen");
    const module = binaryen.readBinary(bytes);
    const count = module.getNumGlobals();
    for (let index = 0; index < count; index++) {
      module.addGlobalExport(binaryen.getGlobalInfo(module.getGlobalByIndex(index)).name, `global${index}`);
    }
    const guest = new V8Guest(module.emitBinary(), count, preimages);
    module.dispose();
    return guest;
  }

  get memory(): Uint8Array {
    return new Uint8Array(this.instance.memory.buffer);
  }

  /** The globals' values, unsigned. */
  get globalValues(): bigint[] {
    return this.globals.map(({ value }) =>
      typeof value === "bigint" ? BigInt.asUintN(64, value) : BigInt(value >>> 0),
    );
  }

  /** Handles an input; what it changed is undone if it is rejected or traps. */
  handle(input: Input): InputOutcome {
    const { outputRoot } = this;
    const memory = this.memory.slice();
    const globals = this.globals.map(({ value }) => value);
    const outcome = this.run(input);
    if (outcome === "returned") return outcome;
    this.memory.set(memory);
    this.globals.forEach((global, index) => {
      if (global.value !== globals[index]) global.value = globals[index];
    });
    this.outputRoot = outputRoot;
    return outcome;
  }

  /** Handles an input without keeping what it would take to undo that; for many inputs that are known to be good. */
  run(input: Input): InputOutcome {
    this.input = input;
    this.logs = [];
    try {
      this.instance.handle();
      return "returned";
    } catch (error) {
      if (error instanceof Rejected) return "rejected";
      if (error instanceof Trapped || error instanceof WebAssembly.RuntimeError) return "trapped";
      throw error;
    }
  }

  private hostCalls(): Record<string, (...args: number[]) => void> {
    const calls: Record<string, (...args: number[]) => void> = {
      input_word: (index, dest) => this.write(dest, this.inputWord(index)),
      publish: (pointer) => (this.outputRoot = bytesToHex(this.read(pointer, 32, 32))),
      reject: () => {
        throw new Rejected();
      },
      preimage_word: (hash, index, dest) =>
        this.write(dest, this.preimageWord(bytesToHex(this.read(hash, 32, 32)), index)),
      log: (pointer, length) => {
        const data = this.memory.slice(pointer, pointer + length);
        this.logs.push({ inputNumber: this.input!.header.number, data });
      },
      keccak256: (pointer, length, dest) => this.write(dest, hexToBytes(keccak256(this.block(pointer, length)) as Hex)),
      sha256: (pointer, length, dest) => this.write(dest, hexToBytes(sha256(this.block(pointer, length)) as Hex)),
      ecrecover: (pointer, dest) => this.write(dest, wordOf(recover(this.read(pointer, 128, 128)))),
    };
    const unsigned = Object.entries(calls).map(([name, call]) => [
      name,
      (...args: number[]) => call(...args.map((arg) => arg >>> 0)),
    ]);
    return Object.fromEntries(unsigned) as typeof calls;
  }

  private inputWord(index: number): Uint8Array {
    const { header, data } = this.input!;
    const description = [
      BigInt(INPUT_KINDS.indexOf(header.kind)),
      BigInt(header.sender),
      header.number,
      header.timestamp,
      header.blockNumber,
      header.length,
      0n,
      0n,
    ];
    return index < 8 ? wordOf(description[index]) : paddedWord(data, index - 8);
  }

  private preimageWord(hash: Hex, index: number): Uint8Array {
    const preimage = this.preimages.get(hash);
    if (preimage === undefined) throw new Trapped();
    return index === 0 ? wordOf(preimage.length) : paddedWord(preimage, index - 1);
  }

  private block(pointer: number, length: number): Uint8Array {
    const start = pointer - (pointer % 256);
    if (pointer + length > start + 256) throw new Trapped();
    return this.read(start, 256, 256).subarray(pointer - start, pointer - start + length);
  }

  private read(pointer: number, length: number, alignment: number): Uint8Array {
    if (pointer % alignment !== 0 || pointer + length > this.memory.length) throw new Trapped();
    return this.memory.slice(pointer, pointer + length);
  }

  private write(dest: number, word: Uint8Array): void {
    this.read(dest, 32, 32);
    this.memory.set(word, dest);
  }
}

function paddedWord(data: Uint8Array, index: number): Uint8Array {
  const word = new Uint8Array(32);
  word.set(data.subarray(index * 32, index * 32 + 32));
  return word;
}

/** As the EVM's precompile. */
function recover(block: Uint8Array): bigint {
  const [hash, v, r, s] = [0, 32, 64, 96].map((start) => bytesToHex(block.subarray(start, start + 32)));
  const isInRange = [r, s].every((value) => BigInt(value) > 0n && BigInt(value) < ORDER);
  if (!isInRange || (BigInt(v) !== 27n && BigInt(v) !== 28n)) return 0n;
  // ethers takes no s above half the order; the other value with the other parity has the same signer.
  const isHigh = BigInt(s) > ORDER / 2n;
  const low: Hex = isHigh ? bytesToHex(wordOf(ORDER - BigInt(s))) : s;
  const parity = (Number(BigInt(v)) === 28) !== isHigh ? 28 : 27;
  try {
    return BigInt(recoverAddress(hash, { r, s: low, v: parity }));
  } catch {
    return 0n;
  }
}
