import type { Provider } from "ethers";

import type { Deployment } from "./deployments.js";
import type { Hex } from "./hex.js";

/** Where a chain's contracts are on its settlement layer. */
export interface ChainAddresses {
  readonly rollup: Hex;
  readonly inbox: Hex;
  readonly bridge: Hex;
  readonly machine: Hex;
  readonly history: Hex;
  readonly rule: Hex;
  readonly preimages: Hex;
  /** By kind: `calldata`, later `blob`, `committee`, `external`. */
  readonly sources: Readonly<Record<string, Hex>>;
}

/** The numbers that rule a chain, as its contracts say them. Durations in seconds, bonds in wei. */
export interface ChainParameters {
  /** `A`: an assertion covers at most `2^A` inputs. */
  readonly inputBits: number;
  /** `B`: an input's window is `2^B` positions. */
  readonly stepBits: number;
  /** `w`: a history has `2^w` elements. */
  readonly width: number;
  /** `(A + B) / w`. */
  readonly levels: number;
  readonly maxInputs: bigint;
  readonly program: Hex;
  /** State hash at genesis. */
  readonly genesis: Hex;
  readonly bank: bigint;
  readonly minResponse: bigint;
  /** Windows of the rule's tree, ascending. */
  readonly windows: readonly bigint[];
  readonly assertionBond: bigint;
  /** By level, level 1 first. */
  readonly claimBonds: readonly bigint[];
  readonly sequencer: Hex;
  readonly forceInclusionAfter: bigint;
}

/** One deployed chain, seen through a provider of its settlement layer. */
export class Chain {
  private constructor(
    public readonly name: string,
    public readonly provider: Provider,
    public readonly addresses: ChainAddresses,
    public readonly parameters: ChainParameters,
    public readonly fromBlock: number,
  ) {}

  /**
   * Connects to a deployed chain and reads its parameters.
   * @throws {RollupError} `DEPLOYMENT_STALE` if the provider speaks to another settlement layer than it was deployed on.
   */
  public static async connect(deployment: Deployment, provider: Provider): Promise<Chain> {
    void deployment;
    void provider;
    throw new Error("see the contracts");
  }
}
