import { Contract, type Provider } from "ethers";

import type { CommitteeSource } from "../../types/ethers-contracts/sources/CommitteeSource.js";
import { artifactOf } from "../artifacts.js";
import type { Hex } from "../hex.js";

/** What a `CommitteeSource` was deployed with. */
export interface CommitteeTerms {
  readonly committee: Hex;
  /** How many signatures a batch needs. */
  readonly quorum: number;
  /** How long a batch must be kept from when it is posted, in seconds. */
  readonly retention: bigint;
}

/** Reads what a source was deployed with, which never changes. */
export async function readCommitteeTerms(source: Hex, provider: Provider): Promise<CommitteeTerms> {
  const { abi } = await artifactOf("sources/CommitteeSource.sol");
  const contract = new Contract(source, abi, provider) as unknown as CommitteeSource;
  const [committee, quorum, retention] = await Promise.all([
    contract.COMMITTEE(),
    contract.QUORUM(),
    contract.RETENTION(),
  ]);
  return { committee: committee.toLowerCase() as Hex, quorum: Number(quorum), retention };
}
