import { dirname, join } from "node:path";

import { readIfThere, writeWhole } from "../files.js";
import type { Hex } from "../hex.js";
import type { BatchArchive } from "./batchPlace.js";

/**
 * Where a project archives the batches that committees have certified, beside its deployments.
 * @param deployments `config.rollup.deployments`, an absolute path.
 */
export function batchFolder(deployments: string): string {
  return join(dirname(deployments), ".hardhat-rollup", "batches");
}

/** A folder with one file for each batch: its bytes, named by its root. */
export class BatchFolder implements BatchArchive {
  public constructor(private readonly folder: string) {}

  public get name(): string {
    return `folder ${this.folder}`;
  }

  public get(root: Hex): Promise<Uint8Array | undefined> {
    return readIfThere(this.path(root));
  }

  public keep(root: Hex, data: Uint8Array): Promise<void> {
    return writeWhole(this.path(root), data);
  }

  private path(root: Hex): string {
    return join(this.folder, `${root.toLowerCase()}.batch`);
  }
}
