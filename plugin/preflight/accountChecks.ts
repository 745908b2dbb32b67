import type { NetworkConnection } from "hardhat/types/network";

import { keysOf, signerOf } from "../accounts.js";
import { formatAmount } from "../config/amount.js";
import type { Account, ChainConfig } from "../config/types.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { Check } from "./check.js";

/** More than an assertion, or a claim and what resolves it, takes. */
const ANSWER_GAS = 500_000n;

/** What one account needs, in all the roles that it has. */
interface Purse {
  readonly address: Hex;
  readonly roles: string[];
  needed: bigint;
  readonly uses: string[];
  /** Whether it is to sign transactions with blobs. */
  signsBlobs: boolean;
}

/**
 * Whether the accounts of a chain can pay for its deployment, the first assertion and one whole branch of a dispute, and can sign what they will
 * have to. Accounts that are not of this network are somebody else's.
 * @param fee What the deployment costs, in wei. @param gasPrice The present one, in wei.
 */
export async function checkAccounts(
  connection: NetworkConnection,
  config: ChainConfig,
  fee: bigint,
  gasPrice: bigint,
): Promise<Check[]> {
  const purses = await pursesOf(connection, config, fee, gasPrice);
  const { provider } = connection.ethers;
  const keyOf = keysOf(connection);
  const checks: Check[] = [];
  for (const { address, roles, needed, uses, signsBlobs } of purses) {
    const balance = await provider.getBalance(address);
    const isDeployer = roles.includes("deployer");
    checks.push({
      name: `${roles.join(", ")} ${address}`,
      found: formatAmount(balance),
      needed: `${formatAmount(needed)}: ${uses.join(", ")}`,
      result: balance >= needed ? "ok" : isDeployer && balance < fee ? "impossible" : "lacking",
    });
    if (signsBlobs && (await keyOf(address)) === undefined) {
      const expected = "the key, in the network's `accounts`: Hardhat does not sign blobs";
      checks.push({ name: `key of ${address}`, found: "not there", needed: expected, result: "lacking" });
    }
  }
  return checks;
}

async function pursesOf(
  connection: NetworkConnection,
  config: ChainConfig,
  fee: bigint,
  gasPrice: bigint,
): Promise<Purse[]> {
  const { accounts, bonds, history, sources, sequencer } = config;
  const answer = ANSWER_GAS * gasPrice;
  const claims = bonds.claims.reduce((sum, bond) => sum + bond, 0n);
  const purses = new Map<string, Purse>();
  const add = async (role: string, account: Account, needed: bigint, use: string, blobs: boolean): Promise<void> => {
    const address = await addressOf(connection, account);
    if (address === undefined) return;
    const purse = purses.get(address) ?? { address, roles: [], needed: 0n, uses: [], signsBlobs: false };
    purses.set(address, purse);
    purse.roles.push(role);
    purse.needed += needed;
    purse.uses.push(use);
    purse.signsBlobs ||= blobs;
  };
  await add("deployer", accounts.deployer, fee, `${formatAmount(fee)} to deploy`, false);
  await add(
    "sequencer",
    sequencer,
    answer,
    "a batch",
    sources.every(({ kind }) => kind === "blob"),
  );
  const isBlob = history === "blob";
  await add("asserter", accounts.asserter, bonds.assertion + answer, `${formatAmount(bonds.assertion)} bond`, isBlob);
  const levels = BigInt(bonds.claims.length);
  await add("challenger", accounts.challenger, claims + answer * levels, `${formatAmount(claims)} bonds`, isBlob);
  return [...purses.values()];
}

/** Undefined where the account is not one of this network's. */
async function addressOf(connection: NetworkConnection, account: Account): Promise<Hex | undefined> {
  try {
    return (await signerOf(connection, account)).address as Hex;
  } catch (error) {
    if (error instanceof RollupError && error.code === "ACCOUNT_MISSING") return undefined;
    throw error;
  }
}
