import { network } from "hardhat";

import { FaultyEndpoint } from "../../plugin/testing/faultyEndpoint.js";
import { Anvil, anvilMissing } from "./anvil.js";

/** A settlement layer's node over HTTP, with endpoints in front of it that a test can spoil. */
export interface SpoiledLayer {
  /** Of the node itself. */
  readonly url: string;
  readonly endpoints: readonly FaultyEndpoint[];
}

/** Starts one. */
export type StartLayer = () => Promise<SpoiledLayer>;

const ENDPOINTS = 3;
const PATIENCE = 120_000;

/** Describes behaviour behind three endpoints of Hardhat's node, and of Anvil where it starts. */
export function behindEndpoints(title: string, body: (start: StartLayer) => void): void {
  const nodes = { hardhat: startHardhat, anvil: startAnvil };
  for (const [name, startNode] of Object.entries(nodes)) {
    const missing = name === "anvil" ? anvilMissing() : undefined;
    const describing = missing === undefined ? describe : describe.skip;
    describing(`${title}, on ${name}${missing === undefined ? "" : ` (${missing})`}`, function () {
      this.timeout(PATIENCE);
      const stops: (() => Promise<void>)[] = [];
      after(async () => {
        for (const stop of stops.reverse()) await stop();
      });
      body(async () => {
        const node = await startNode();
        const endpoints: FaultyEndpoint[] = [];
        for (let seed = 1; seed <= ENDPOINTS; seed++)
          endpoints.push(await FaultyEndpoint.start(node.url, seed * 7_919));
        stops.push(() => node.stop(), ...endpoints.map((endpoint) => () => endpoint.stop()));
        return { url: node.url, endpoints };
      });
    });
  }
}

interface StartedNode {
  readonly url: string;
  stop(): Promise<void>;
}

async function startHardhat(): Promise<StartedNode> {
  const server = await network.createServer({}, "127.0.0.1", 0);
  const { address, port } = await server.listen();
  return { url: `http://${address}:${port}`, stop: () => server.close() };
}

async function startAnvil(): Promise<StartedNode> {
  const anvil = await Anvil.start();
  return { url: anvil.url, stop: () => anvil.stop() };
}
