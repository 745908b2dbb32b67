import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import type { Chain } from "../../plugin/chain.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import { deployChain } from "../../plugin/deploy.js";
import { deploymentPath, writeDeployment, type Deployment } from "../../plugin/deployments.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { FaultyEndpoint } from "../../plugin/testing/faultyEndpoint.js";
import { guestProgram } from "../helpers/chains.js";
import { Actor } from "./actor.js";
import project from "./project.config.js";
import { SettlementLayer, type LayerKind } from "./settlementLayer.js";

const HARDHAT = join(PACKAGE_ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
const CONFIG = join(PACKAGE_ROOT, "test", "soak", "project.config.ts");
const LIAR = join(PACKAGE_ROOT, "test", "soak", "liarProcess.ts");

/** Who there is; each has a process, a folder and a way to the settlement layer of its own. */
export const ROLES = ["sequencer", "asserter", "challenger"] as const;
export type Role = (typeof ROLES)[number];

/** A settlement layer with a chain, and everybody who keeps or attacks it. */
export interface World {
  readonly layer: SettlementLayer;
  /** Undisturbed. */
  readonly connection: NetworkConnection;
  readonly chain: Chain;
  readonly actors: Readonly<Record<Role | "liar", Actor>>;
  readonly endpoints: readonly FaultyEndpoint[];
  /** Where everybody's files and logs are. */
  readonly folder: string;
  /** @param isKept Whether the folder stays. */
  stop(isKept: boolean): Promise<void>;
}

/** Starts a node, deploys the chain of `project.config.ts`, and makes everybody, who is not started yet. */
export async function createWorld(kind: LayerKind, seed: number, onDeath: (line: string) => void): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "soak-"));
  const layer = await SettlementLayer.start(kind);
  const connection = await hre.network.create({ network: "localhost", override: { url: layer.url } });
  const config = resolveChain("soak", project.rollup!.chains!.soak, PACKAGE_ROOT);
  const { chain, deployment } = await deployChain({ connection, config, program: await guestProgram("ledger") });
  const endpoints: FaultyEndpoint[] = [];
  const startEndpoint = async (): Promise<FaultyEndpoint> => {
    const endpoint = await FaultyEndpoint.start(layer.url, seed + endpoints.length);
    endpoints.push(endpoint);
    return endpoint;
  };
  const make = async (name: Role | "liar", args: readonly string[]): Promise<Actor> => {
    const [one, other] = [await startEndpoint(), await startEndpoint()];
    const deployments = join(folder, name, "deployments");
    const known: Deployment = { ...deployment, network: "layer" };
    await writeDeployment(deployments, known);
    const variables = {
      SOAK_URL: one.url,
      SOAK_OTHER_URL: other.url,
      SOAK_DEPLOYMENTS: deployments,
      SOAK_DEPLOYMENT: deploymentPath(deployments, "layer", "soak"),
      SOAK_SEED: String(seed),
    };
    return new Actor(name, args, variables, join(folder, `${name}.log`), onDeath);
  };
  const nodeOf = (role: Role): readonly string[] => {
    const command = ["rollup:node", "--chain", "soak", "--roles", role, "--json"];
    return [HARDHAT, "--config", CONFIG, "--network", "layer", ...command];
  };
  const actors = {
    sequencer: await make("sequencer", nodeOf("sequencer")),
    asserter: await make("asserter", nodeOf("asserter")),
    challenger: await make("challenger", nodeOf("challenger")),
    liar: await make("liar", ["--import", "tsx/esm", LIAR]),
  };
  const stop = async (isKept: boolean): Promise<void> => {
    await Promise.all(Object.values(actors).map((actor) => actor.stop()));
    await Promise.all(endpoints.map((endpoint) => endpoint.stop()));
    await layer.stop();
    if (!isKept) await rm(folder, { recursive: true, force: true });
  };
  return { layer, connection, chain, actors, endpoints, folder, stop };
}
