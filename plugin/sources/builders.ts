/** A batch's bytes are calldata of the transaction that posts it. */
export interface CalldataSourceConfig {
  readonly kind: "calldata";
}

/** A batch's bytes are EIP-4844 blobs. */
export interface BlobSourceConfig {
  readonly kind: "blob";
}

/** A batch's bytes are kept by a committee, whose certificate is posted. */
export interface CommitteeSourceConfig {
  readonly kind: "committee";
  /** The committee's name in `config.rollup.committees`. */
  readonly committee: string;
}

/** A batch's bytes are in another data layer, whose root an oracle contract attests. */
export interface ExternalSourceConfig {
  readonly kind: "external";
  /** Address of the oracle. */
  readonly oracle: string;
}

/** Where a batch's bytes are, as plain JSON. */
export type SourceUserConfig = CalldataSourceConfig | BlobSourceConfig | CommitteeSourceConfig | ExternalSourceConfig;

/** Batches in calldata. */
export function calldata(): CalldataSourceConfig {
  return { kind: "calldata" };
}

/** Batches in EIP-4844 blobs. */
export function blob(): BlobSourceConfig {
  return { kind: "blob" };
}

/** Batches kept by a committee. @param name The committee's name in `config.rollup.committees`. */
export function committee(name: string): CommitteeSourceConfig {
  return { kind: "committee", committee: name };
}

/** Batches in another data layer. @param oracle Address of the contract that attests its roots. */
export function external(oracle: string): ExternalSourceConfig {
  return { kind: "external", oracle };
}
