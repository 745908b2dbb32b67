import type { HardhatConfig } from "hardhat/types/config";
import type { NetworkConnection } from "hardhat/types/network";

import { RollupError } from "../errors.js";
import { Etherscan } from "./etherscan.js";
import type { Explorer } from "./explorer.js";
import { Sourcify, SOURCIFY } from "./sourcify.js";

/**
 * A block explorer by its name, as `hardhat-verify` is configured if the project uses it.
 * @throws {RollupError} `ARGUMENT_INVALID`, and what `hardhat-verify` says of its configuration.
 */
export async function openExplorer(
  name: string,
  connection: NetworkConnection,
  config: HardhatConfig,
): Promise<Explorer> {
  if (name === "etherscan") return Etherscan.of(connection);
  if (name === "sourcify") {
    const { verify } = config as { readonly verify?: { readonly sourcify?: { readonly apiUrl?: string } } };
    const { chainId } = await connection.ethers.provider.getNetwork();
    return new Sourcify((verify?.sourcify?.apiUrl ?? SOURCIFY).replace(/\/$/, ""), chainId);
  }
  throw new RollupError("ARGUMENT_INVALID", "--explorer names no block explorer.", {
    given: name,
    expected: "etherscan or sourcify",
  });
}
