import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { SCALAR_ORDER } from "../../plugin/blobs/kzg.js";
import { ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { explainRevert } from "../../plugin/node/reverts.js";
import type { BlobHistory } from "../../types/ethers-contracts/index.js";
import { LinearBlob, sendLinear } from "../helpers/linearBlobs.js";
import { onEachNetwork } from "../helpers/networks.js";

const LAST = 4095;
const POINT = 96;

/** The same element as a word that is not below the order of the field. */
function aliasOf(word: Hex): Hex {
  return toBeHex(BigInt(word) + SCALAR_ORDER, 32) as Hex;
}

function flipped(hex: Hex, byte: number): Hex {
  const bytes = Buffer.from(hex.slice(2), "hex");
  bytes[byte] ^= 1;
  return `0x${bytes.toString("hex")}`;
}

onEachNetwork("BlobHistory", (connect, name) => {
  let connection: NetworkConnection;
  let history: BlobHistory;
  let sender: HardhatEthersSigner;
  // Linear blobs differ from each other in every element; small numbers leave room for aliases below 2^256.
  const blob = new LinearBlob(5n, 7n);
  const other = new LinearBlob(6n, 7n);

  before(async () => {
    connection = await connect();
    history = await connection.ethers.deployContract("BlobHistory");
    [, sender] = await connection.ethers.getSigners();
  });

  /** Why a commitment in a transaction with these blobs is refused; nothing if it is not. */
  async function refusal(data: Hex, blobs: readonly LinearBlob[] = [blob]): Promise<string | undefined> {
    const transaction = { ...(await history.commit.populateTransaction(ZERO_WORD, data)) };
    return sendLinear(connection, sender.address, transaction, blobs).then(() => undefined, explainRevert);
  }

  /** Hardhat says why a mined transaction reverted, Anvil does not. */
  function expectRefused(reason: string | undefined, error: string): void {
    expect(reason).to.match(name === "hardhat" ? new RegExp(`^${error}\\(`) : /reverted$/);
  }

  function open(index: number, first: Hex, second: Hex, proof: Hex, commitment = blob.versionedHash): Promise<void> {
    return history.open(commitment, index, first, second, proof, { gasLimit: 600_000n });
  }

  function expectUnopened(opening: Promise<void>, error = "WrongElement"): Promise<void> {
    return expect(opening).to.be.revertedWithCustomError(history, error);
  }

  it("commits to a blob of its transaction, whichever its number", async () => {
    expect(await refusal(blob.history())).to.equal(undefined);
    expect(await refusal(other.history(1), [blob, other])).to.equal(undefined);
    expectRefused(await refusal(other.history(0), [blob, other]), "WrongElement");
  });

  it("commits to nothing where the transaction lacks the blob", async () => {
    expectRefused(await refusal(blob.history(1)), "NoBlob");
    await expect(history.commit(ZERO_WORD, blob.history())).to.be.revertedWithCustomError(history, "NoBlob");
    expectRefused(await refusal(blob.history(), [other]), "WrongElement");
  });

  it("commits to no other last state, by no other proof", async () => {
    const [proof, last] = [blob.proof, blob.element(LAST)];
    for (const data of [
      flipped(blob.history(), 32),
      concat(["0x00", blob.element(LAST - 1), blob.commitment, proof]),
      concat(["0x00", aliasOf(last), blob.commitment, proof]),
      concat(["0x00", last, other.commitment, proof]),
      concat(["0x00", last, blob.commitment, new LinearBlob(5n, 8n).proof]),
    ]) {
      expectRefused(await refusal(data as Hex), "WrongElement");
    }
    expectRefused(await refusal(`${blob.history()}00`), "WrongHistoryLength");
    expectRefused(await refusal(blob.history().slice(0, -2) as Hex), "WrongHistoryLength");
  });

  it("commits to blobs that are the same throughout, also to the one that is all zero", async () => {
    for (const same of [new LinearBlob(0n, 0n), new LinearBlob(9n, 0n)]) {
      expect(await refusal(same.history(), [same])).to.equal(undefined);
      for (const index of [0, 1, LAST]) {
        await open(index, same.element(0), same.element(0), same.opening(index), same.versionedHash);
        await expectUnopened(open(index, same.element(0), flipped(same.element(0), 31), same.opening(index)));
      }
    }
  });

  it("never sees an element that is no field element: the network takes no such blob", async () => {
    const data = blob.data;
    data.set(Buffer.from(toBeHex(SCALAR_ORDER, 32).slice(2), "hex"), 32);
    const { commitment, proof } = blob;
    const transaction = { ...(await history.commit.populateTransaction(ZERO_WORD, blob.history())) };
    const nonce = await connection.ethers.provider.getTransactionCount(sender.address);
    const sent = sendLinear(connection, sender.address, transaction, [{ data, commitment, proof }]);
    const refused = await sent.then(() => undefined, explainRevert);
    expect(refused).to.match(name === "hardhat" ? /Failed to RLP decode|invalid/i : /kzg|blob|proof/i);
    expect(await connection.ethers.provider.getTransactionCount(sender.address)).to.equal(nonce);
  });

  it("opens neighbours at every index, the start not looked at", async () => {
    for (const index of [0, 1, 2, 1365, 2730, LAST]) {
      const first = index === 0 ? other.element(3) : blob.state(index);
      await open(index, first, blob.state(index + 1), blob.opening(index));
    }
  });

  it("opens nothing else: another state, index, claim, proof, or word for the same element", async () => {
    const [index, proof] = [2730, blob.opening(2730)];
    const [first, second] = [blob.state(index), blob.state(index + 1)];
    await open(index, first, second, proof);
    await expectUnopened(open(index + 1, first, second, proof));
    await expectUnopened(open(index - 1, first, second, proof));
    await expectUnopened(open(index, second, first, proof));
    await expectUnopened(open(index, flipped(first, 31), second, proof));
    await expectUnopened(open(index, first, flipped(second, 31), proof));
    await expectUnopened(open(index, aliasOf(first), second, proof));
    await expectUnopened(open(index, first, aliasOf(second), proof));
    // What opens another claim's blob opens that alone.
    await expectUnopened(open(index, other.state(index), other.state(index + 1), other.opening(index)));
    await open(index, other.state(index), other.state(index + 1), other.opening(index), other.versionedHash);
    for (const part of [0, 48, POINT]) {
      await expectUnopened(open(index, first, second, flipped(proof, part + 47)));
    }
  });

  it("takes openings of the right length and of elements that there are", async () => {
    const [first, second] = [blob.state(LAST), blob.state(LAST + 1)];
    await expectUnopened(open(LAST + 1, second, second, blob.opening(LAST)), "NoSuchElement");
    await expectUnopened(open(2 ** 20, first, second, blob.opening(LAST)), "NoSuchElement");
    await expectUnopened(open(0, first, blob.state(1), blob.opening(1)), "WrongOpeningLength");
    await expectUnopened(open(1, blob.state(1), blob.state(2), blob.opening(0)), "WrongOpeningLength");
    await expectUnopened(open(LAST, first, second, `${blob.opening(LAST)}00`), "WrongOpeningLength");
    await expectUnopened(open(LAST, first, second, "0x"), "WrongOpeningLength");
  });

  it("costs little more than its evaluations, of 50,000 gas each", async () => {
    const opened = [blob.versionedHash, 4094, blob.state(4094), blob.state(4095), blob.opening(4094)] as const;
    expect(Number(await history.open.estimateGas(...opened))).to.be.lessThan(132_000);
    const transaction = { ...(await history.commit.populateTransaction(ZERO_WORD, blob.history())) };
    const { gasUsed } = await sendLinear(connection, sender.address, transaction, [blob]);
    expect(Number(gasUsed)).to.be.lessThan(78_000);
  });
});
