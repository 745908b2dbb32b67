import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import type { BlobAccess } from "../../plugin/blobs/access.js";
import type { Hex } from "../../plugin/hex.js";
import { Anvil, anvilMissing } from "./anvil.js";

/** Gives a connection to a chain that begins anew. */
export type Connect = () => Promise<NetworkConnection>;

/** KZG in JavaScript takes seconds, and many of them where everything is busy; in milliseconds. */
const PATIENCE = 180_000;

const missing = anvilMissing();

/**
 * Describes behaviour on Hardhat's network in this process and on Anvil over JSON-RPC: two execution clients that share no code here. Where
 * Anvil does not start, its tests are skipped under a title that says why.
 */
export function onEachNetwork(title: string, body: (connect: Connect, name: "hardhat" | "anvil") => void): void {
  describe(`${title}, on hardhat`, function () {
    this.timeout(PATIENCE);
    body(() => network.create(), "hardhat");
  });
  if (missing !== undefined) {
    describe.skip(`${title}, on anvil (${missing})`, () => body(() => Promise.reject(new Error(missing)), "anvil"));
    return;
  }
  describe(`${title}, on anvil`, function () {
    this.timeout(PATIENCE);
    const running: Anvil[] = [];
    after(async () => {
      for (const anvil of running) await anvil.stop();
    });
    body(async () => {
      const anvil = await Anvil.start();
      running.push(anvil);
      return network.create({ network: "anvil", override: { url: anvil.url } });
    }, "anvil");
  });
}

/** The settlement layer as it would be without EIP-4844. */
export function withoutBlobs(access: BlobAccess): BlobAccess {
  return {
    ...access,
    request: async (method, params) => {
      const answer = await access.request(method, params);
      if (method !== "eth_getBlockByNumber") return answer;
      const { excessBlobGas: _excess, blobGasUsed: _used, ...header } = answer as { [key: string]: Hex };
      return header;
    },
  };
}
