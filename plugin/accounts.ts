import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { HDNodeWallet, Mnemonic, Wallet } from "ethers";
import type { NetworkConfig } from "hardhat/types/config";
import type { NetworkConnection } from "hardhat/types/network";

import "@nomicfoundation/hardhat-ethers";

import type { Account } from "./config/types.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";

/** From which Hardhat's node and Anvil make their accounts unless told otherwise; everybody knows it. */
const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";
const DEVELOPMENT_PATH = "m/44'/60'/0'/0";
const DEVELOPMENT_ACCOUNTS = 20;

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

/**
 * Finds the private keys of a network's accounts, where its configuration holds them: Hardhat's own signers cannot sign transactions with
 * blobs. Where the node keeps the accounts, those of a development node's default mnemonic are known.
 */
export function keysOf({ networkConfig }: NetworkConnection): (address: Hex) => Promise<Hex | undefined> {
  let keys: Promise<ReadonlyMap<string, Hex>> | undefined;
  return async (address) => {
    keys ??= readKeys(networkConfig);
    return (await keys).get(address.toLowerCase());
  };
}

async function readKeys(network: NetworkConfig): Promise<ReadonlyMap<string, Hex>> {
  const wallets = await walletsOf(network.accounts);
  return new Map(wallets.map(({ address, privateKey }) => [address.toLowerCase(), privateKey as Hex]));
}

async function walletsOf(accounts: NetworkConfig["accounts"]): Promise<(Wallet | HDNodeWallet)[]> {
  if (accounts === "remote") return derive(DEVELOPMENT_MNEMONIC, "", DEVELOPMENT_PATH, 0, DEVELOPMENT_ACCOUNTS);
  if (!Array.isArray(accounts)) {
    const { mnemonic, passphrase, path, initialIndex, count } = accounts;
    return derive(await mnemonic.get(), await passphrase.get(), path, initialIndex, count);
  }
  return Promise.all(
    accounts.map(
      async (account) => new Wallet(await ("privateKey" in account ? account.privateKey : account).getHexString()),
    ),
  );
}

function derive(phrase: string, passphrase: string, path: string, first: number, count: number): HDNodeWallet[] {
  const seed = Mnemonic.fromPhrase(phrase.trim(), passphrase).computeSeed();
  const parent = HDNodeWallet.fromSeed(seed).derivePath(path.replace(/\/$/, ""));
  return Array.from({ length: count }, (_, index) => parent.deriveChild(first + index));
}
