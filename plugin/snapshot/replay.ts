import { toQuantity, Transaction } from "ethers";
import type { EthereumProvider } from "hardhat/types/providers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { hashLogs, type Snapshot, type SnapshotBlock, type SnapshotTransaction } from "./snapshot.js";

/** More than any recorded transaction sends; who sent had it, wherever from. */
const PLENTY = "0xffffffffffffffffffffffff";

interface Receipt {
  readonly status: Hex;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

/**
 * Makes on a fresh embedded network what a snapshot tells of: the same transactions from the same accounts, in blocks of the same numbers and
 * times, each of which must leave the same events.
 * @throws {RollupError} `SNAPSHOT_DIFFERS`.
 */
export async function replay(provider: EthereumProvider, snapshot: Snapshot): Promise<void> {
  const replayer = new Replayer(provider, snapshot);
  await replayer.setUp();
  for (const block of snapshot.blocks) {
    await replayer.block(
      block,
      snapshot.transactions.filter((transaction) => transaction.block === block.number),
    );
  }
  await replayer.fillUpTo(snapshot.head);
  await replayer.payBack();
}

class Replayer {
  private head: SnapshotBlock = { number: 0, timestamp: 0 };
  /** What accounts had before they were given plenty. */
  private readonly balances = new Map<Hex, Hex>();

  public constructor(
    private readonly provider: EthereumProvider,
    private readonly snapshot: Snapshot,
  ) {}

  public async setUp(): Promise<void> {
    const genesis = (await this.ask("eth_getBlockByNumber", "latest", false)) as { readonly timestamp: Hex };
    this.head = { number: 0, timestamp: Number(genesis.timestamp) };
    for (const { address, code, nonce } of this.snapshot.contracts) {
      await this.ask("hardhat_setCode", address, code);
      await this.ask("hardhat_setNonce", address, toQuantity(nonce));
    }
  }

  /** Mines the block that holds some transactions. */
  public async block(block: SnapshotBlock, transactions: readonly SnapshotTransaction[]): Promise<void> {
    await this.fillUpTo({ number: block.number - 1, timestamp: block.timestamp - 1 });
    for (const { from } of transactions) await this.lend(from);
    await this.ask("hardhat_setNextBlockBaseFeePerGas", "0x0");
    await this.ask("evm_setNextBlockTimestamp", toQuantity(block.timestamp));
    const hashes =
      transactions.length === 1 ? [await this.send(transactions[0], 0)] : await this.together(transactions);
    for (const [index, hash] of hashes.entries()) await this.check(transactions[index], hash);
    this.head = block;
  }

  /** Mines empty blocks until the head has this number; they have times up to its. */
  public async fillUpTo({ number, timestamp }: SnapshotBlock): Promise<void> {
    const count = number - this.head.number;
    if (count <= 0) return;
    const room = Math.max(0, timestamp - this.head.timestamp);
    const interval = Math.floor(room / count);
    await this.ask("evm_setNextBlockTimestamp", toQuantity(timestamp - interval * (count - 1)));
    await this.ask("hardhat_mine", toQuantity(count), toQuantity(interval));
    this.head = { number, timestamp };
  }

  public async payBack(): Promise<void> {
    for (const [account, balance] of this.balances) {
      await this.ask("hardhat_setBalance", account, balance);
      await this.ask("hardhat_stopImpersonatingAccount", account);
    }
  }

  private async lend(account: Hex): Promise<void> {
    if (this.balances.has(account)) return;
    this.balances.set(account, (await this.ask("eth_getBalance", account, "latest")) as Hex);
    await this.ask("hardhat_setBalance", account, PLENTY);
    await this.ask("hardhat_impersonateAccount", account);
  }

  /** Mines several in one block, in their order: who is first offers most. */
  private async together(transactions: readonly SnapshotTransaction[]): Promise<Hex[]> {
    await this.ask("evm_setAutomine", false);
    const hashes: Hex[] = [];
    for (const [index, transaction] of transactions.entries()) {
      hashes.push(await this.send(transaction, transactions.length - index));
    }
    await this.ask("evm_mine");
    await this.ask("evm_setAutomine", true);
    return hashes;
  }

  private async send(transaction: SnapshotTransaction, tip: number): Promise<Hex> {
    const { from, to, nonce, data, value, gas } = transaction;
    await this.ask("hardhat_setNonce", from, toQuantity(nonce));
    if (transaction.signed !== undefined)
      return (await this.ask("eth_sendRawTransaction", this.withBlobs(transaction))) as Hex;
    const fees = { maxFeePerGas: toQuantity(tip), maxPriorityFeePerGas: toQuantity(tip) };
    return (await this.ask("eth_sendTransaction", {
      from,
      to,
      nonce: toQuantity(nonce),
      data,
      value,
      gas,
      ...fees,
    })) as Hex;
  }

  private withBlobs({ signed, blobs }: SnapshotTransaction): Hex {
    const transaction = Transaction.from(signed);
    transaction.blobs = blobs!.map((hash) => {
      const { data, commitment, proof } = this.snapshot.blobs[hash];
      return { data: new Uint8Array(Buffer.from(data, "base64")), commitment, proof };
    });
    return transaction.serialized as Hex;
  }

  private async check(transaction: SnapshotTransaction, hash: Hex): Promise<void> {
    const receipt = (await this.ask("eth_getTransactionReceipt", hash)) as Receipt | null;
    if (receipt?.status === "0x1" && hashLogs(receipt.logs) === transaction.logs) return;
    const { block, from, to } = transaction;
    throw new RollupError("SNAPSHOT_DIFFERS", "A transaction does not do what it did.", {
      transaction: `from ${from} to ${to ?? "nobody"} in block ${block}`,
      found: receipt?.status === "0x1" ? "other events" : "it fails",
      do: "it depends on what a snapshot does not hold: other contracts, hashes of blocks, or what a test has set",
    });
  }

  private ask(method: string, ...params: unknown[]): Promise<unknown> {
    return this.provider.request({ method, params });
  }
}
