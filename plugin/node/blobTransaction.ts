import {
  concat,
  SigningKey,
  toQuantity,
  Transaction,
  type BlobLike,
  type ContractTransaction,
  type Provider,
} from "ethers";

import type { BlobAccess, SidecarVersion } from "../blobs/access.js";
import { loadKzg, versionedHash, type Kzg } from "../blobs/kzg.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { BLOB_GAS, blobBaseFee } from "./blobFees.js";
import { explainRevert } from "./reverts.js";

/** The contracts' error where a transaction lacks a blob that they were promised. */
const NO_BLOB = "NoBlob";
/** Blob base fees may grow while a transaction waits: an account must have this many times the present one. */
export const BLOB_FEE_MARGIN = 2n;
/**
 * As far as it has more, it offers up to so many times: what is paid is the base fee of the block, and one that grows as fast as it can takes
 * ten minutes to get there. Who wants a claim to come too late has to pay for all blobs until then.
 */
const MOST_BLOB_FEE = 64n;

/** A blob and its commitment. */
export interface PreparedBlob {
  /** 131072 bytes. */
  readonly data: Uint8Array;
  /** 48 bytes. */
  readonly commitment: Hex;
}

/** What a transaction carries besides its calldata. */
export interface BlobCargo {
  /** One to six. */
  readonly blobs: readonly PreparedBlob[];
  /** Gas that suffices in any case: some nodes estimate without looking at blobs, and this is the limit then. */
  readonly gasBound: bigint;
}

/** Commits to blobs, so that they can be sent. */
export async function prepareBlobs(blobs: readonly Uint8Array[]): Promise<PreparedBlob[]> {
  const kzg = await loadKzg();
  const prepared: PreparedBlob[] = [];
  for (const data of blobs) prepared.push({ data, commitment: await kzg.commit(data) });
  return prepared;
}

/**
 * Estimates a transaction's gas with its blobs. Hardhat's networks leave blobs out of estimates and calls: where the estimate fails for want
 * of a blob, the cargo's bound takes its place.
 * @throws If the transaction would revert for another reason.
 */
export async function estimateWithBlobs(
  access: BlobAccess,
  from: Hex,
  transaction: ContractTransaction,
  cargo: BlobCargo,
): Promise<bigint> {
  try {
    const request = await requestOf(access, from, transaction, cargo);
    return BigInt((await access.request("eth_estimateGas", [request, "pending"])) as string);
  } catch (error) {
    if ((await explainRevert(error)).startsWith(`${NO_BLOB}(`)) return cargo.gasBound;
    throw error;
  }
}

/** Why a transaction was refused when it was mined, by the node's own words. */
export async function explainMined(
  access: BlobAccess,
  from: Hex,
  transaction: ContractTransaction,
  cargo: BlobCargo,
): Promise<string> {
  const request = await requestOf(access, from, transaction, cargo);
  return access.request("eth_call", [request, "latest"]).then(() => "another transaction was faster", explainRevert);
}

/**
 * Signs a transaction with the account's key and sends it with its blobs, which are kept before: nobody else need have them when they
 * are asked for. No signer of Hardhat's does that.
 * @returns The transaction's hash.
 * @throws {RollupError} `BLOB_KEY_MISSING`, `BLOBS_UNSUPPORTED`.
 */
export async function sendWithBlobs(
  access: BlobAccess,
  provider: Provider,
  from: Hex,
  transaction: ContractTransaction & { readonly gasLimit: bigint },
  cargo: BlobCargo,
): Promise<Hex> {
  const key = await access.keyOf(from);
  if (key === undefined) throw keyMissing(from);
  for (const { data, commitment } of cargo.blobs) await access.store.put(data, commitment);
  const blobWrapperVersion = await sidecarVersion(access);
  const blobs = await proveSidecar(await loadKzg(), cargo.blobs, blobWrapperVersion);
  const [fees, { chainId }, blobFee, balance] = await Promise.all([
    provider.getFeeData(),
    provider.getNetwork(),
    requiredBlobFee(access),
    provider.getBalance(from),
  ]);
  const maxFeePerGas = fees.maxFeePerGas ?? fees.gasPrice ?? 0n;
  const left = balance - (transaction.value ?? 0n) - transaction.gasLimit * maxFeePerGas;
  const signed = Transaction.from({
    type: 3,
    chainId,
    nonce: await provider.getTransactionCount(from, "pending"),
    to: transaction.to,
    data: transaction.data,
    value: transaction.value,
    gasLimit: transaction.gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas ?? 0n,
    maxFeePerBlobGas: offeredBlobFee(blobFee, left / (BLOB_GAS * BigInt(blobs.length))),
    blobs,
    blobWrapperVersion: blobWrapperVersion === 0 ? null : blobWrapperVersion,
  });
  signed.signature = new SigningKey(key).sign(signed.unsignedHash);
  return (await access.request("eth_sendRawTransaction", [signed.serialized])) as Hex;
}

/** Whether an account can send blobs on this settlement layer. */
export async function canSendBlobs(access: BlobAccess | undefined, from: Hex): Promise<boolean> {
  if (access === undefined || (await access.keyOf(from)) === undefined) return false;
  return (await blobBaseFee(access)) !== undefined;
}

/**
 * Which sidecars a network takes: version 1 since Fusaka. Hardhat's networks take version 0 alone; Anvil takes both, and version 0 is
 * computed faster.
 */
export async function sidecarVersion(access: BlobAccess): Promise<SidecarVersion> {
  if (access.sidecarVersion !== undefined) return access.sidecarVersion;
  const client = String(await access.request("web3_clientVersion", []).catch(() => ""));
  return /^(hardhat|anvil)/i.test(client) ? 0 : 1;
}

/** What ethers calls blobs. Of version 1 it takes the proofs of a blob's cells one after the other. */
export async function proveSidecar(
  kzg: Kzg,
  blobs: readonly PreparedBlob[],
  version: SidecarVersion,
): Promise<BlobLike[]> {
  const proved: BlobLike[] = [];
  for (const { data, commitment } of blobs) {
    const proof = version === 0 ? await kzg.prove(data, commitment) : concat(await kzg.cells(data));
    proved.push({ data, commitment, proof });
  }
  return proved;
}

/** A transaction as nodes estimate and call it. */
async function requestOf(access: BlobAccess, from: Hex, transaction: ContractTransaction, cargo: BlobCargo) {
  return {
    from,
    to: transaction.to,
    data: transaction.data,
    value: toQuantity(transaction.value ?? 0n),
    blobVersionedHashes: cargo.blobs.map(({ commitment }) => versionedHash(commitment)),
    maxFeePerBlobGas: toQuantity(await requiredBlobFee(access)),
  };
}

/** The least that is offered for a unit of blob gas. @throws {RollupError} `BLOBS_UNSUPPORTED`. */
async function requiredBlobFee(access: BlobAccess): Promise<bigint> {
  const fee = await blobBaseFee(access);
  if (fee !== undefined) return fee * BLOB_FEE_MARGIN;
  throw new RollupError("BLOBS_UNSUPPORTED", "This settlement layer has no blobs.", {
    do: 'use `sources: ["calldata"]` and `history: "calldata"`',
  });
}

/** The most that is offered. @param required The least. @param possible What the account can pay. */
function offeredBlobFee(required: bigint, possible: bigint): bigint {
  const most = (required / BLOB_FEE_MARGIN) * MOST_BLOB_FEE;
  if (possible >= most) return most;
  return possible > required ? possible : required;
}

function keyMissing(from: Hex): RollupError {
  return new RollupError(
    "BLOB_KEY_MISSING",
    "Blobs are sent by who holds the account's key, and this account's is not known.",
    {
      given: from,
      expected:
        "an account whose key is in the network's `accounts`, as a mnemonic, a private key or a configuration variable",
      do: 'configure the key, or use `sources: ["calldata"]` and `history: "calldata"`',
    },
  );
}
