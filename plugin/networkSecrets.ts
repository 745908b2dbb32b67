import type { HttpNetworkConfig, ResolvedConfigurationVariable } from "hardhat/types/config";
import type { NetworkConnection } from "hardhat/types/network";

import { RollupError } from "./errors.js";

/** A private key as it is written. */
const KEY = /^0x[0-9a-f]{64}$/;

/**
 * Makes sure that the address and the keys of a network are there, where its configuration takes them from elsewhere: a variable that is not set would
 * look like a network that does not answer. Nothing of them is shown.
 * @throws {RollupError} `SECRET_MISSING`, `KEY_MALFORMED`.
 */
export async function requireSecrets({ networkConfig, networkName }: NetworkConnection): Promise<void> {
  if (networkConfig.type !== "http") return;
  await read(networkConfig.url, "address", networkName);
  if (!Array.isArray(networkConfig.accounts)) return;
  for (const [index, account] of networkConfig.accounts.entries()) {
    const key = await read(account, `key of account ${index}`, networkName);
    if (KEY.test(`0x${key.trim().toLowerCase().replace(/^0x/, "")}`)) continue;
    throw new RollupError("KEY_MALFORMED", `The key of account ${index} of network "${networkName}" is none.`, {
      given: `${key.trim().length} characters, which are not shown`,
      expected: "0x and 64 hexadecimal digits",
    });
  }
}

/** Where a network listens, without what may be a secret in its path. */
export async function shownUrl(network: HttpNetworkConfig): Promise<string> {
  return new URL(await network.url.getUrl()).origin;
}

async function read(secret: ResolvedConfigurationVariable, what: string, network: string): Promise<string> {
  try {
    return await secret.get();
  } catch (error) {
    throw new RollupError(
      "SECRET_MISSING",
      `The ${what} of network "${network}" is not there.`,
      {
        why: (error as Error).message.split("\n")[0],
        do: "keep it with `npx hardhat keystore set`, or set the environment variable of its name",
      },
      error as Error,
    );
  }
}
