import type { Provider } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import "@nomicfoundation/hardhat-ethers";

import type { BlobAccess } from "../blobs/access.js";
import type { L1Config } from "../config/l1.js";
import { RollupError } from "../errors.js";
import type { OnEvent } from "../node/events.js";
import type { ReadingPolicy } from "../node/eventReader.js";
import { SettlementProvider } from "./settlementProvider.js";

/** A settlement layer that is read and written. */
export interface Settlement {
  readonly provider: Provider;
  /** Speaks to it as its nodes are spoken to; transactions go to all of its endpoints. */
  readonly request: BlobAccess["request"];
  readonly reading: ReadingPolicy;
}

/**
 * Reaches the settlement layer of a network: by the endpoints that are configured for it, or by its own address.
 * @param l1 `config.rollup.l1` of the network; undefined where nothing is said of it.
 * @throws {RollupError} `ENDPOINTS_UNREACHABLE`, `ENDPOINTS_DIFFER`.
 */
export async function openSettlement(
  connection: NetworkConnection,
  l1: L1Config | undefined,
  onEvent?: OnEvent,
): Promise<Settlement> {
  const { maxLogRange, finality, head } = l1 ?? {};
  const reading = { maxLogRange, finality, head };
  if (l1 === undefined || l1.endpoints.length === 0) {
    const { provider, ethers } = connection;
    return {
      provider: ethers.provider,
      request: (method, params) => provider.request({ method, params: [...params] }),
      reading,
    };
  }
  const endpoints = await Promise.all(l1.endpoints.map((endpoint) => endpoint.getUrl()));
  const { quorum, timeout } = l1;
  const provider = await SettlementProvider.open({ endpoints, quorum, timeout, onEvent });
  await requireSame(connection, provider);
  return { provider, request: (method, params) => provider.request(method, params), reading };
}

/** Accounts sign for the network, and must not read of another one. */
async function requireSame(connection: NetworkConnection, provider: SettlementProvider): Promise<void> {
  const expected = Number(await connection.provider.request({ method: "eth_chainId" }));
  const given = Number((await provider.getNetwork()).chainId);
  if (given === expected) return;
  throw new RollupError("ENDPOINTS_DIFFER", `The endpoints are not of network "${connection.networkName}".`, {
    expected: `chain ${expected}`,
    given: `chain ${given}`,
    do: `give endpoints of it in config.rollup.l1.${connection.networkName}`,
  });
}
