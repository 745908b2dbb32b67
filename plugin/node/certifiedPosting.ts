import type { Signer } from "ethers";

import type { Chain } from "../chain.js";
import type { CommitteeAccess } from "../committee/access.js";
import type { CertifiedBatch } from "../committee/client.js";
import { QuorumMissedError } from "../committee/collect.js";
import type { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { pointReached } from "../l1/killPoints.js";
import { readCommitteeTerms } from "../sources/committeeSource.js";
import type { Posting } from "./postingPrices.js";
import { RevertedError } from "./reverts.js";

/** A certificate must be good for as long as its transaction may wait, in seconds. */
const POSTING_TIME = 3_600n;

/** A batch that a committee keeps, and where its certificate is posted. */
export interface CertifiedPosting {
  readonly posting: Posting;
  readonly certified: CertifiedBatch;
}

/** Whether a chain's batches can be kept by a committee that can be reached. */
export function hasCommittee(chain: Chain): chain is Chain & { readonly committee: CommitteeAccess } {
  return chain.deployment.sources.includes("committee") && chain.committee !== undefined;
}

/** Whether a batch that failed at the committee is good on L1: nobody's fault but the members', or L1 went on meanwhile. */
export function mayFallBack(chain: Chain, error: unknown): error is RollupError {
  if (chain.deployment.sources.every((source) => source === "committee")) return false;
  return error instanceof QuorumMissedError || error instanceof RevertedError;
}

/**
 * Has a batch kept by the chain's committee.
 * @param lastInput Hash of the inbox's last input.
 * @throws {QuorumMissedError}
 */
export async function certifyPosting(
  chain: Chain & { readonly committee: CommitteeAccess },
  data: Uint8Array,
  lastInput: Hex,
  sequencer: Signer,
): Promise<CertifiedPosting> {
  const index = chain.deployment.sources.indexOf("committee");
  const { quorum, retention } = await readCommitteeTerms(chain.addresses.sources[index], chain.provider);
  const expiry = (await chain.now()) + retention + POSTING_TIME;
  const { client, archive } = chain.committee;
  const batch = { inbox: chain.addresses.inbox, lastInput, data, expiry };
  const certified = await client.certifyBatch(batch, quorum, sequencer);
  pointReached("batch.certified");
  await archive.keep(certified.root, data, expiry);
  return { posting: { source: "committee", index, prices: [] }, certified };
}
