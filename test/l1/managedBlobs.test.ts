import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { signerOf } from "../../plugin/accounts.js";
import { blobAccess } from "../../plugin/blobs/access.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import type { Hex } from "../../plugin/hex.js";
import { TransactionManagers } from "../../plugin/l1/transactionManagers.js";
import { TransactionManager } from "../../plugin/l1/transactionManager.js";
import { MemoryJournal } from "../../plugin/l1/transactionJournal.js";
import { BLOB_GAS } from "../../plugin/node/blobFees.js";
import { prepareBlobs } from "../../plugin/node/blobTransaction.js";
import { Sender } from "../../plugin/node/sender.js";
import { onEachNetwork } from "../helpers/networks.js";

onEachNetwork("a managed transaction with blobs", (connect) => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await connect();
  });

  it("is sent once, and again with its blobs from the store when a reorganization has undone it", async () => {
    const access = blobAccess(connection);
    const signer = await signerOf(connection, 4);
    const account = signer.address as Hex;
    const key = (await access.keyOf(account))!;
    const { provider } = connection.ethers;
    const manager = await TransactionManager.open({
      account,
      key,
      provider,
      request: (method, params) => access.request(method, params),
      blobs: access,
      journal: new MemoryJournal(),
      policy: { pollEvery: 50, finality: 64 },
    });
    const transactions = new TransactionManagers();
    transactions.add(account, manager);
    const probe = await connection.ethers.deployContract("BlobProbe");
    const cargo = { blobs: await prepareBlobs(packBlobs(new Uint8Array(100).fill(9))), gasBound: 200_000n };
    const sender = new Sender(signer, undefined, access, transactions);
    const send = () => sender.send("batch", "see a blob", probe.see.populateTransaction(1), cargo, { key: "batch:0" });
    const snapshot: unknown = await connection.provider.request({ method: "evm_snapshot" });
    const before = await provider.getBalance(account);
    const first = await send();
    const paid = before - (await provider.getBalance(account));
    expect(first.spent.fee + first.spent.blobFee).to.equal(paid);
    expect(manager.find("batch:0")?.mined?.fee).to.equal(paid);
    expect(first.resumed).to.equal(false);
    expect(first.spent.blobGas).to.equal(BLOB_GAS);
    expect(first.spent.blobFee > 0n).to.equal(true);
    await connection.provider.request({ method: "evm_revert", params: [snapshot] });
    await manager.tick();
    const again = await send();
    expect(again).to.deep.include({ resumed: true, hash: first.hash });
    expect(again.receipt.logs.length).to.equal(1);
    await transactions.close();
  });
});
