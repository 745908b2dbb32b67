import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { readIfThere, writeWhole } from "../files.js";

/** Where a project keeps what its nodes have, beside its deployments. */
export interface ServiceFiles {
  readonly database: string;
  /** Says where the node that runs listens. */
  readonly address: string;
}

/** A node that runs, as its file says it. */
export interface RunningNode {
  readonly url: string;
  readonly process: number;
}

/**
 * The files of a chain's node.
 * @param deployments `config.rollup.deployments`, an absolute path.
 */
export function serviceFiles(deployments: string, network: string, chain: string): ServiceFiles {
  const folder = join(dirname(deployments), ".hardhat-rollup", "nodes");
  const name = `${network}-${chain}`;
  return { database: join(folder, `${name}.db`), address: join(folder, `${name}.json`) };
}

/** Says where a node listens, for the project's commands. */
export async function writeAddress({ address }: ServiceFiles, url: string): Promise<void> {
  const running: RunningNode = { url, process: process.pid };
  await writeWhole(address, Buffer.from(`${JSON.stringify(running)}\n`));
}

/** Takes back what `writeAddress` has said, unless another node says something else by now. */
export async function removeAddress({ address }: ServiceFiles): Promise<void> {
  if ((await readAddress({ address }))?.process === process.pid) await rm(address, { force: true });
}

/** The node that runs, if its process is there. */
export async function readAddress({ address }: Pick<ServiceFiles, "address">): Promise<RunningNode | undefined> {
  const bytes = await readIfThere(address);
  if (bytes === undefined) return undefined;
  try {
    const running = JSON.parse(Buffer.from(bytes).toString()) as RunningNode;
    return isThere(running.process) ? running : undefined;
  } catch {
    return undefined;
  }
}

/** A process that was killed leaves its file; its number may be another's by now, which `/proc` can tell where there is one. */
function isThere(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return !readFileSync(`/proc/${process_}/stat`, "utf8").includes(") Z ");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux";
  }
}
