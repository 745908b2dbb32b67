import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, type Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import { hashMachineState } from "../machines/state.js";
import type { StepProof, Trace } from "../node/trace.js";

/** Which positions are made up. */
export interface Fabrication {
  /** The first false position. */
  readonly from: bigint;
  /** The first position that is true again; never if absent. With the true end it is a decoy. */
  readonly until?: bigint;
  /** What of a state is made up; its core if absent. */
  readonly part?: "core" | "rejections";
  /** Two fabrications with different salts have no false state in common. */
  readonly salt?: string;
}

/** A trace with states that no machine has ever had: the truth with other hashes in some range of positions. */
export class FabricatedTrace implements Trace {
  private readonly hashes = new Map<bigint, Hex>();

  public constructor(
    private readonly truth: Trace,
    private readonly fabrication: Fabrication,
  ) {}

  public async stateHashes(positions: readonly bigint[]): Promise<Hex[]> {
    const hashes = await this.truth.stateHashes(positions);
    return Promise.all(
      hashes.map(async (hash, at) => (this.isFalse(positions[at]) ? this.falseHash(positions[at]) : hash)),
    );
  }

  public async state(position: bigint): Promise<MachineState> {
    const state = await this.truth.state(position);
    const part = this.fabrication.part ?? "core";
    return this.isFalse(position) ? { ...state, [part]: this.falseHashOf(state[part]) } : state;
  }

  /** The true step: a fabricated state has none. */
  public proveStep(position: bigint): Promise<StepProof> {
    return this.truth.proveStep(position);
  }

  private isFalse(position: bigint): boolean {
    const { from, until } = this.fabrication;
    return position >= from && (until === undefined || position < until);
  }

  private async falseHash(position: bigint): Promise<Hex> {
    const hash = this.hashes.get(position) ?? hashMachineState(await this.state(position));
    this.hashes.set(position, hash);
    return hash;
  }

  private falseHashOf(hash: Hex): Hex {
    return bytesToHex(keccak_256(new TextEncoder().encode(`${this.fabrication.salt ?? "fabricated"} ${hash}`)));
  }
}
