import type { Provider } from "ethers";

import type { ChainConfig, CommitteeConfig } from "../config/types.js";
import type { Deployment } from "../deployments.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { CommitteeAccess } from "./access.js";
import type { BatchArchive } from "./batchPlace.js";
import { CommitteeClient } from "./client.js";
import { CommitteeView } from "./committee.js";

/**
 * A client of one of a chain's committees.
 * @param name One that the chain's sources or rule name; the only one if absent.
 * @throws {RollupError} `COMMITTEE_UNKNOWN`, `COMMITTEE_MISSING`.
 */
export async function committeeClient(
  deployment: Deployment,
  config: Pick<ChainConfig, "committees">,
  provider: Provider,
  name?: string,
): Promise<CommitteeClient> {
  const { committee, address } = findCommittee(deployment, config, name);
  const view = await CommitteeView.connect(address, provider);
  const members = new Map(Object.entries(committee.members) as [Hex, string][]);
  return new CommitteeClient(view, { members, certificateTimeout: committee.certificateTimeout * 1_000 });
}

/** What it takes to use the committee that keeps a chain's batches; undefined if none does. */
export async function committeeAccess(
  deployment: Deployment,
  config: Pick<ChainConfig, "committees" | "sources">,
  provider: Provider,
  archive: BatchArchive,
): Promise<CommitteeAccess | undefined> {
  const source = config.sources.find(({ kind }) => kind === "committee");
  if (source?.kind !== "committee") return undefined;
  return { client: await committeeClient(deployment, config, provider, source.committee), archive };
}

function findCommittee(
  { chain, committees }: Deployment,
  config: Pick<ChainConfig, "committees">,
  name: string | undefined,
): { readonly committee: CommitteeConfig; readonly address: Hex } {
  const named = config.committees.filter((committee) => name === undefined || committee.name === name);
  const [committee] = named;
  const address = committee && committees[committee.name];
  if (named.length === 1 && address !== undefined) return { committee, address };
  throw new RollupError("COMMITTEE_UNKNOWN", `Chain "${chain}" was deployed with no such committee.`, {
    given: name,
    expected: Object.keys(committees).join(", ") || "a chain whose sources or rule name a committee",
    do: named.length > 1 ? "name one" : undefined,
  });
}
