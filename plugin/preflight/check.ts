/** One thing that a chain needs of its settlement layer, and whether it is there. */
export interface Check {
  /** What is looked at, e.g. `blobs (EIP-4844)`. */
  readonly name: string;
  readonly found: string;
  readonly needed: string;
  /** `lacking` where the chain can be deployed, and somebody has to do something before it can be used. */
  readonly result: "ok" | "lacking" | "impossible";
}
