import { hexlify, Signature, toQuantity, Transaction, type Block, type TransactionResponse } from "ethers";

import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { loadKzg } from "../blobs/kzg.js";
import { DEVELOPMENT_CHAIN_ID } from "../ignition/journal.js";
import { readEnd } from "./end.js";
import { chainHistory, wholeHistory } from "./history.js";
import {
  hashLogs,
  type Snapshot,
  type SnapshotBlob,
  type SnapshotBlock,
  type SnapshotTransaction,
} from "./snapshot.js";

/** EIP-4844. */
const BLOB_TYPE = 3;

/** What is kept: all of a development node, or one chain's own transactions. */
export type Scope = "network" | "chain";

/**
 * Records a deployed chain as what made it. Transactions that reverted are left out: they have changed nothing.
 * @param scope What is kept; of a development node all, of other networks the chain, if absent.
 * @throws {RollupError} `SNAPSHOT_COMMITTEE`, `BLOB_MISSING`.
 */
export async function recordSnapshot(chain: Chain, scope?: Scope): Promise<Snapshot> {
  const { provider, deployment } = chain;
  const isDevelopment = BigInt(deployment.chainId) === DEVELOPMENT_CHAIN_ID;
  const whole = (scope ?? (isDevelopment ? "network" : "chain")) === "network";
  const { contracts, transactions: hashes } = whole ? await wholeHistory(provider) : await chainHistory(chain);
  const transactions: SnapshotTransaction[] = [];
  const blocks = new Map<number, SnapshotBlock>();
  const blobs = new Map<Hex, SnapshotBlob>();
  for (const hash of hashes) {
    const [transaction, receipt] = await Promise.all([
      provider.getTransaction(hash),
      provider.getTransactionReceipt(hash),
    ]);
    if (transaction === null || receipt === null) throw vanished(hash);
    if (receipt.status !== 1) continue;
    const block = (await provider.getBlock(receipt.blockNumber))!;
    blocks.set(block.number, { number: block.number, timestamp: block.timestamp });
    for (const blob of transaction.blobVersionedHashes ?? [])
      blobs.set(blob as Hex, await keep(chain, blob as Hex, block));
    const recorded = await recordTransaction(chain, transaction, block.number, hashLogs(receipt.logs));
    for (const blob of recorded.blobs ?? []) blobs.set(blob, await keep(chain, blob, block));
    transactions.push(recorded);
  }
  const head = (await provider.getBlock("latest"))!;
  return {
    version: 1,
    deployment,
    head: { number: head.number, timestamp: head.timestamp },
    contracts,
    blocks: [...blocks.values()],
    transactions,
    blobs: Object.fromEntries(blobs),
    end: await readEnd(chain),
  };
}

async function recordTransaction(
  chain: Chain,
  transaction: TransactionResponse,
  block: number,
  logs: Hex,
): Promise<SnapshotTransaction> {
  const { from, to, nonce, data, value, gasLimit, type } = transaction;
  return {
    block,
    from: from.toLowerCase() as Hex,
    ...(to === null ? {} : { to: to.toLowerCase() as Hex }),
    nonce,
    data: data as Hex,
    value: toQuantity(value) as Hex,
    gas: toQuantity(gasLimit) as Hex,
    ...(type === BLOB_TYPE ? await signedAgain(chain, transaction) : {}),
    logs,
  };
}

/** A transaction with blobs as nodes give it: ethers leaves out what it does not expect of a provider. */
interface RawTransaction {
  readonly blobVersionedHashes: readonly Hex[];
  readonly maxFeePerBlobGas: Hex;
  readonly r: Hex;
  readonly s: Hex;
  readonly v?: Hex;
  readonly yParity?: Hex;
}

/** The bytes of a transaction with blobs as they are in a block, and its blobs' hashes. */
async function signedAgain(
  { blobs }: Chain,
  transaction: TransactionResponse,
): Promise<{ readonly signed: Hex; readonly blobs: readonly Hex[] }> {
  if (blobs === undefined) throw blobsUnknown();
  const raw = (await blobs.request("eth_getTransactionByHash", [transaction.hash])) as RawTransaction;
  const { type, chainId, nonce, to, data, value, gasLimit, maxFeePerGas, maxPriorityFeePerGas, accessList } =
    transaction;
  const { blobVersionedHashes, maxFeePerBlobGas, r, s } = raw;
  const signature = Signature.from({ r, s, yParity: Number(raw.yParity ?? raw.v ?? 0) === 1 ? 1 : 0 });
  const fees = { maxFeePerGas, maxPriorityFeePerGas, maxFeePerBlobGas: BigInt(maxFeePerBlobGas) };
  const fields = { type, chainId, nonce, to, data, value, gasLimit, accessList, signature };
  const again = Transaction.from({ ...fields, ...fees, blobVersionedHashes: [...blobVersionedHashes] });
  return { signed: again.serialized as Hex, blobs: blobVersionedHashes };
}

async function keep({ blobs }: Chain, hash: Hex, { timestamp }: Block): Promise<SnapshotBlob> {
  if (blobs === undefined) throw blobsUnknown();
  const kzg = await loadKzg();
  const data = await blobs.store.get(hash, { timestamp });
  const commitment = await kzg.commit(data);
  return { data: Buffer.from(data).toString("base64"), commitment, proof: await kzg.prove(data, commitment) };
}

function vanished(hash: Hex): RollupError {
  return new RollupError("REORGANIZED", "A transaction was there a moment ago and is not.", {
    given: hexlify(hash),
    do: "wait until the network has settled, and try again",
  });
}

function blobsUnknown(): RollupError {
  return new RollupError("BLOB_MISSING", "The chain has blobs, and nobody has said where they are.");
}
