import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import "@nomicfoundation/hardhat-ethers";

import type { Account } from "./config/types.js";
import { RollupError } from "./errors.js";

/**
 * The account that a configuration names.
 * @param account An index into the network's accounts, or an address among them.
 * @throws {RollupError} `ACCOUNT_MISSING` if the network has no such account.
 */
export async function signerOf(connection: NetworkConnection, account: Account): Promise<HardhatEthersSigner> {
  const signers = await connection.ethers.getSigners();
  const found =
    typeof account === "number"
      ? signers[account]
      : signers.find(({ address }) => address.toLowerCase() === account.toLowerCase());
  if (found !== undefined) return found;
  throw new RollupError("ACCOUNT_MISSING", `Network "${connection.networkName}" has no such account.`, {
    given: account,
    accounts: signers.length,
    do: "set `accounts` of the network in hardhat.config.ts, or `accounts` of the chain",
  });
}
