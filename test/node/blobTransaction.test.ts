import { expect } from "chai";
import { toQuantity } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { signerOf } from "../../plugin/accounts.js";
import { blobAccess, type BlobAccess } from "../../plugin/blobs/access.js";
import { versionedHash } from "../../plugin/blobs/kzg.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import { BLOB_GAS } from "../../plugin/node/blobFees.js";
import { canSendBlobs, prepareBlobs, type PreparedBlob } from "../../plugin/node/blobTransaction.js";
import type { NodeEvent } from "../../plugin/node/events.js";
import { Sender, type Done } from "../../plugin/node/sender.js";
import type { BlobProbe } from "../../types/ethers-contracts/index.js";
import { onEachNetwork, withoutBlobs } from "../helpers/networks.js";

const GAS_BOUND = 200_000n;

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

onEachNetwork("a transaction with blobs", (connect, name) => {
  let connection: NetworkConnection;
  let access: BlobAccess;
  let probe: BlobProbe;
  let sender: Sender;
  let blobs: PreparedBlob[];
  const events: NodeEvent[] = [];

  before(async () => {
    connection = await connect();
    access = blobAccess(connection);
    probe = await connection.ethers.deployContract("BlobProbe");
    sender = new Sender(await signerOf(connection, 1), (event) => events.push(event), access);
    blobs = await prepareBlobs(packBlobs(new Uint8Array(130_000).fill(7)));
  });

  function seen({ receipt }: Done): string[] {
    return receipt.logs.map((log) => probe.interface.parseLog(log)?.args.versionedHash as string);
  }

  it("is signed with the account's key and shows the contract its blobs in their order", async () => {
    const cargo = { blobs, gasBound: GAS_BOUND };
    const done = await sender.send("batch", "see two blobs", probe.see.populateTransaction(2, { value: 5n }), cargo);
    expect(seen(done)).to.deep.equal(blobs.map(({ commitment }) => versionedHash(commitment)));
    expect(done.receipt.from).to.equal((await connection.ethers.getSigners())[1].address);
    expect(await connection.ethers.provider.getBalance(probe)).to.equal(5n);
  });

  it("tells what its blobs cost, before and after, apart from its gas", async () => {
    const address = await sender.address();
    const before = await connection.ethers.provider.getBalance(address);
    const cargo = { blobs: [blobs[1]], gasBound: GAS_BOUND };
    const { spent } = await sender.send("batch", "see a blob", probe.see.populateTransaction(1), cargo);
    const { fee, blobGas, blobFee } = spent;
    expect(blobGas).to.equal(BLOB_GAS);
    expect(blobFee > 0n).to.equal(true);
    expect(before - (await connection.ethers.provider.getBalance(address))).to.equal(fee + blobFee);
    const told = events.findLast(({ type }) => type === "sending");
    expect(told?.type === "sending" && told.cost.blobGas).to.equal(BLOB_GAS);
    expect(sender.spending.blobGas).to.equal(3n * BLOB_GAS);
  });

  it("offers for its blobs what a spike of their price takes, as far as the account has it", async () => {
    const { provider } = connection.ethers;
    const address = await sender.address();
    const cargo = { blobs: [blobs[0]], gasBound: GAS_BOUND };
    const offered = async (): Promise<bigint> => {
      const { hash } = await sender.send("batch", "see a blob", probe.see.populateTransaction(1), cargo);
      const sent = (await access.request("eth_getTransactionByHash", [hash])) as { maxFeePerBlobGas: string };
      return BigInt(sent.maxFeePerBlobGas);
    };
    const before = await provider.getBalance(address);
    const price = BigInt((await access.request("eth_blobBaseFee", [])) as string);
    expect(await offered()).to.equal(64n * price);
    // Enough for the transaction, and for eight times the price of its blob.
    const { cost } = await sender.preflight("see a blob", await probe.see.populateTransaction(1), cargo);
    const { maxFeePerGas, gasPrice } = await provider.getFeeData();
    const gas = ((cost.gas * 120n) / 100n) * (maxFeePerGas ?? gasPrice!);
    await connection.provider.request({
      method: "hardhat_setBalance",
      params: [address, toQuantity(gas + 8n * cost.blobFee)],
    });
    expect(Number(await offered()) / Number(price)).to.be.within(1, 8.5);
    // What is enough at the present prices, and not for what the transaction has to offer, is told to be too little.
    await connection.provider.request({
      method: "hardhat_setBalance",
      params: [address, toQuantity(cost.fee + cost.blobFee)],
    });
    expect(await codeOf(offered())).to.equal("INSUFFICIENT_FUNDS");
    await connection.provider.request({ method: "hardhat_setBalance", params: [address, toQuantity(before)] });
  });

  it("is estimated with its blobs where the node sees them, else limited by its bound", async () => {
    const transaction = await probe.see.populateTransaction(1);
    const { cost } = await sender.preflight("see a blob", transaction, { blobs: [blobs[0]], gasBound: GAS_BOUND });
    if (name === "hardhat") expect(cost.gas).to.equal(GAS_BOUND);
    else expect(cost.gas < GAS_BOUND).to.equal(true);
  });

  it("is not sent if it would be refused anyway", async () => {
    const refused = probe.refuse.populateTransaction();
    const nonce = await connection.ethers.provider.getTransactionCount(await sender.address());
    const cargo = { blobs: [blobs[0]], gasBound: GAS_BOUND };
    expect(await codeOf(sender.send("batch", "be refused", refused, cargo))).to.equal("REVERTED");
    expect(await connection.ethers.provider.getTransactionCount(await sender.address())).to.equal(nonce);
  });

  it("is refused, when it is mined at the latest, where it has fewer blobs than the contract wants", async () => {
    const cargo = { blobs: [blobs[0]], gasBound: GAS_BOUND };
    const error = await sender.send("batch", "see two", probe.see.populateTransaction(2), cargo).catch((e: Error) => e);
    expect(error).to.have.property("code", "REVERTED");
    expect(error).to.have.property("reason", "NoBlob(1)");
  });

  it("is refused for an account whose key is not known, and for a sender without access", async () => {
    const stranger: BlobAccess = { ...access, keyOf: () => Promise.resolve(undefined) };
    const cargo = { blobs: [blobs[0]], gasBound: GAS_BOUND };
    for (const given of [stranger, undefined]) {
      const other = new Sender(await signerOf(connection, 2), undefined, given);
      const sent = other.send("batch", "see", probe.see.populateTransaction(1), cargo);
      expect(await codeOf(sent)).to.equal("BLOB_KEY_MISSING");
      expect(await canSendBlobs(given, await other.address())).to.equal(false);
    }
    expect(await canSendBlobs(access, await sender.address())).to.equal(true);
  });

  it("is refused on a settlement layer without blobs", async () => {
    const old = withoutBlobs(access);
    const other = new Sender(await signerOf(connection, 2), undefined, old);
    const cargo = { blobs: [blobs[0]], gasBound: GAS_BOUND };
    const sent = other.send("batch", "see", probe.see.populateTransaction(1), cargo);
    expect(await codeOf(sent)).to.equal("BLOBS_UNSUPPORTED");
    expect(await canSendBlobs(old, await other.address())).to.equal(false);
  });

  if (name === "anvil") {
    it("takes the proofs of its blob's cells along where its network wants version 1", async () => {
      const other = new Sender(await signerOf(connection, 3), undefined, { ...access, sidecarVersion: 1 });
      const cargo = { blobs: [blobs[1]], gasBound: GAS_BOUND };
      const done = await other.send("batch", "see a blob", probe.see.populateTransaction(1), cargo);
      expect(seen(done)).to.deep.equal([versionedHash(blobs[1].commitment)]);
    });
  }
});
