import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { keysOf } from "../plugin/accounts.js";
import type { Hex } from "../plugin/hex.js";

const KEYS: readonly Hex[] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];

describe("the keys of a network's accounts", () => {
  /** Signs with what was found for an account, and asks the network's own account to sign the same. */
  async function expectKeys(connection: NetworkConnection): Promise<void> {
    const { ethers } = connection;
    const keyOf = keysOf(connection);
    const signers = await ethers.getSigners();
    for (const signer of [signers[0], signers[signers.length - 1]]) {
      const key = await keyOf(signer.address.toLowerCase() as Hex);
      if (key === undefined) throw new Error(`no key for ${signer.address}`);
      expect(await new ethers.Wallet(key).signMessage("blobs")).to.equal(await signer.signMessage("blobs"));
    }
    expect(await keyOf(`0x${"12".repeat(20)}`)).to.equal(undefined);
  }

  it("are found where the configuration derives them, from any mnemonic, path and place", async () => {
    await expectKeys(await network.create());
    const accounts = {
      mnemonic: "legal winner thank year wave sausage worth useful legal winner thank yellow",
      passphrase: "salt",
      path: "m/44'/60'/7'/1",
      initialIndex: 3,
      count: 4,
    };
    await expectKeys(await network.create({ network: "default", override: { accounts } }));
  });

  it("are found where the configuration lists them", async () => {
    const accounts = KEYS.map((privateKey) => ({ privateKey, balance: 10n ** 18n }));
    await expectKeys(await network.create({ network: "default", override: { accounts } }));
    await expectKeys(await network.create({ network: "anvil", override: { accounts: [...KEYS] } }));
  });

  it("are those of development nodes where the node keeps its accounts itself", async () => {
    const signers = await (await network.create()).ethers.getSigners();
    const keyOf = keysOf(await network.create({ network: "anvil" }));
    expect(await keyOf(signers[19].address.toLowerCase() as Hex)).to.match(/^0x[0-9a-f]{64}$/);
    expect(await keyOf(`0x${"12".repeat(20)}`)).to.equal(undefined);
  });
});
