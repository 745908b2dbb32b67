import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { blobAccess, type BlobAccess } from "../plugin/blobs/access.js";
import { chooseHistory } from "../plugin/chooseHistory.js";
import { resolveChain } from "../plugin/config/resolve.js";
import type { ChainConfig, ChainUserConfig } from "../plugin/config/types.js";
import type { Hex } from "../plugin/hex.js";
import { withoutBlobs } from "./helpers/networks.js";

describe("the history that a chain is deployed with", () => {
  let connection: NetworkConnection;
  let access: BlobAccess;

  before(async () => {
    connection = await network.create();
    access = blobAccess(connection);
  });

  function choose(config: ChainUserConfig, given: BlobAccess = access): Promise<ChainConfig> {
    return chooseHistory(connection, given, resolveChain("test", config, process.cwd()));
  }

  it("is in blobs where the network has them and the challenger can send them", async () => {
    const { history, bonds, fallback } = await choose({ accounts: { challenger: 3 } });
    expect([history, bonds.claims.length, fallback]).to.deep.equal(["blob", 4, undefined]);
  });

  it("is in calldata, with the bonds of its levels, on a network without blobs or with accounts whose keys are elsewhere", async () => {
    const keyless: BlobAccess = { ...access, keyOf: () => Promise.resolve(undefined) };
    const stranger: Hex = `0x${"ab".repeat(20)}`;
    for (const chosen of [
      await choose({}, withoutBlobs(access)),
      await choose({}, keyless),
      await choose({ accounts: { challenger: stranger } }),
    ]) {
      expect([chosen.history, chosen.bonds.claims.length]).to.deep.equal(["calldata", 8]);
    }
  });

  it("is what the configuration says, where that is possible at all", async () => {
    expect((await choose({ history: "calldata" })).history).to.equal("calldata");
    expect((await choose({ history: "blob" })).history).to.equal("blob");
    const refused = await choose({ history: "blob" }, withoutBlobs(access)).catch(
      (error: { code: string }) => error.code,
    );
    expect(refused).to.equal("BLOBS_UNSUPPORTED");
  });
});
