import type { Hex } from "../hex.js";
import { hashCheckpoint } from "./state.js";

/** What a restore needs of the state before the input. */
export interface CheckpointPreimage {
  readonly core: Hex;
  readonly outputRoot: Hex;
}

/** What a machine goes back to when an input is not to change anything. Hashed once, however many states it is part of. */
export class Checkpoint<Core> {
  private knownPreimage: CheckpointPreimage | undefined;
  private knownHash: Hex | undefined;

  constructor(
    readonly core: Core,
    readonly outputRoot: Hex,
    private readonly hashOf: (core: Core) => Hex,
  ) {}

  /** What a restoring step's witness shows. */
  get preimage(): CheckpointPreimage {
    this.knownPreimage ??= { core: this.hashOf(this.core), outputRoot: this.outputRoot };
    return this.knownPreimage;
  }

  /** The `checkpoint` of a machine's state. */
  get hash(): Hex {
    this.knownHash ??= hashCheckpoint(this.preimage.core, this.preimage.outputRoot);
    return this.knownHash;
  }
}
