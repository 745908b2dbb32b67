import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { bytesToHex, wordOf, type Hex } from "../../hex.js";
import type { MachineHost, Program } from "../machine.js";
import { RegionLibrary } from "../translate/library.js";
import { REGISTER_COUNT, type RegisterCore } from "./core.js";
import type { ElfImage } from "./elf.js";
import { PagedMemory } from "./pagedMemory.js";
import type { RegisterMachine } from "./registerMachine.js";

/** A program in memory, for a machine with registers. */
export class RegisterProgram implements Program {
  /** `keccak256(memoryRoot | entry)` as it is loaded. No step reads it: what runs is bound by the state at genesis. */
  readonly hash: Hex;
  /** As it is before the first instruction: all registers zero but for those that say where it begins. */
  readonly initial: RegisterCore;
  /** What was translated of it, for all its machines. */
  readonly regions = new RegionLibrary();
  private knownGenesis: { readonly core: RegisterCore; readonly outputRoot: Hex } | undefined;

  /**
   * @param places Of the registers that hold the entry, and how far behind it they are: the program counter, and on some machines the next.
   * @param make A machine before its first instruction.
   */
  constructor(
    readonly machine: string,
    readonly image: ElfImage,
    places: Readonly<Record<number, number>>,
    private readonly make: (program: RegisterProgram, host: MachineHost) => RegisterMachine,
  ) {
    const memory = new PagedMemory(() => undefined);
    for (const { address, data } of image.segments) memory.write(address, data);
    const registers = new Int32Array(REGISTER_COUNT);
    for (const [place, distance] of Object.entries(places)) registers[Number(place)] = image.entry + distance;
    this.initial = { registers, memory: memory.share() };
    this.hash = bytesToHex(keccak_256(concatBytes(this.initial.memory.root(), wordOf(image.entry))));
  }

  /** @throws {FirstWaitError} `GENESIS_FAILED` if the guest does not come to wait. */
  start(host: MachineHost = {}): RegisterMachine {
    const machine = this.make(this, host);
    this.knownGenesis ??= machine.runToFirstWait();
    machine.begin(this.knownGenesis.core, this.knownGenesis.outputRoot);
    return machine;
  }

  /** A machine before its first instruction. For tools: on chain only inputs run. */
  load(host: MachineHost = {}): RegisterMachine {
    return this.make(this, host);
  }
}
