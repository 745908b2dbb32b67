import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { HDNodeWallet, JsonRpcProvider, type TransactionReceipt } from "ethers";

import { isAnvil } from "../../plugin/blobs/anvilPlace.js";
import type { BlobMissingError } from "../../plugin/blobs/blobMissingError.js";
import { loadKzg, versionedHash } from "../../plugin/blobs/kzg.js";
import { openBlobStore } from "../../plugin/blobs/openStore.js";
import type { BlobStore } from "../../plugin/blobs/store.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import { Anvil, anvilMissing } from "../helpers/anvil.js";
import { batchBlob } from "../helpers/blobs.js";

const MNEMONIC = "test test test test test test test test test test test junk";

describe("blobs that were sent to Anvil", function () {
  this.timeout(60_000);
  const blob = batchBlob(500);
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let folder: string;
  let hash: Hex;

  before(async function () {
    if (anvilMissing() !== undefined) this.skip();
    folder = await mkdtemp(join(tmpdir(), "blobs-"));
    anvil = await Anvil.start();
    provider = new JsonRpcProvider(anvil.url);
    const { hash: sent } = await send();
    hash = (await provider.getTransaction(sent))?.blobVersionedHashes?.[0] as Hex;
  });

  after(async () => {
    provider?.destroy();
    await anvil?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function send(): Promise<TransactionReceipt> {
    const kzg = await loadKzg();
    const commitment = await kzg.commit(blob);
    const proof = await kzg.prove(blob, commitment);
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC).connect(provider);
    const blobs = [{ data: blob, commitment, proof }];
    const sent = await wallet.sendTransaction({ type: 3, to: wallet.address, blobs, maxFeePerBlobGas: 10n ** 9n });
    return (await sent.wait()) as TransactionReceipt;
  }

  async function open(): Promise<BlobStore> {
    return openBlobStore({ folder: await mkdtemp(join(folder, "archive-")), rpc: provider }, await loadKzg());
  }

  it("are given back by it, by hash", async () => {
    expect(await isAnvil(provider)).to.equal(true);
    expect(hash).to.equal(versionedHash(await (await loadKzg()).commit(blob)));
    expect(bytesToHex(await (await open()).get(hash))).to.equal(bytesToHex(blob));
  });

  it("are missing under any other hash", async () => {
    const store = await open();
    const refused = await store.get(`0x01${"00".repeat(31)}`).catch((error: unknown) => error);
    expect((refused as BlobMissingError).attempts.map(({ place, said }) => [place.split(" ")[0], said])).to.deep.equal([
      ["folder", "has no such blob"],
      ["Anvil", "has no such blob"],
    ]);
  });
});
