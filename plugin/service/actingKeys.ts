import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { NodeRole } from "./nodeConfig.js";

/** Who acts in each role. */
export type ActingAccounts = Readonly<Partial<Record<NodeRole, Hex>>>;

/**
 * The keys of the accounts that act, as far as they are known, by account.
 * @param keyOf Looks a key up. @param blobClaims Whether the chain's claims are posted as blobs.
 * @throws {RollupError} `ACCOUNT_KEY_MISSING` if a role cannot do without: what another program signs is not in the journal before it is sent, so
 * that a batch might be posted twice after a kill; and nobody but who has the key can sign blobs.
 */
export async function actingKeys(
  accounts: ActingAccounts,
  keyOf: (account: Hex) => Promise<Hex | undefined>,
  blobClaims: boolean,
): Promise<ReadonlyMap<Hex, Hex>> {
  const found = new Map<Hex, Hex>();
  for (const [role, account] of Object.entries(accounts) as [NodeRole, Hex][]) {
    const key = await keyOf(account);
    if (key !== undefined) found.set(account, key);
    else if (role === "sequencer") throw missing(role, account, "a batch might be posted twice after a kill");
    else if (role === "challenger" && blobClaims)
      throw missing(role, account, "claims of this chain are posted as blobs");
  }
  return found;
}

function missing(role: NodeRole, account: Hex, why: string): RollupError {
  return new RollupError("ACCOUNT_KEY_MISSING", `A node cannot be ${role} without its account's key.`, {
    given: account,
    reason: why,
    do: `put the key in the network's \`accounts\` (hardhat.config.ts; configVariable keeps it elsewhere), or leave ${role} out of --roles`,
  });
}
