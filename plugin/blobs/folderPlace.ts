import { dirname, join } from "node:path";

import { RollupError } from "../errors.js";
import { readIfThere, writeWhole } from "../files.js";
import type { Hex } from "../hex.js";
import type { BlobPlace } from "./store.js";

/**
 * Where a project archives blobs: beside its deployments, so that the nodes of one project find each other's on networks that have
 * no beacon node.
 * @param deployments `config.rollup.deployments`, an absolute path.
 */
export function archiveFolder(deployments: string): string {
  return join(dirname(deployments), ".hardhat-rollup", "blobs");
}

/** A folder with one file for each blob: its 131,072 bytes, named by its versioned hash. */
export class FolderPlace implements BlobPlace {
  public constructor(private readonly folder: string) {}

  public get name(): string {
    return `folder ${this.folder}`;
  }

  public get(hash: Hex): Promise<Uint8Array | undefined> {
    return readIfThere(this.path(hash));
  }

  /**
   * A reader sees a whole file or none, whoever else writes the same one at the same time; a file that was damaged is replaced.
   * @throws {RollupError} `BLOB_NOT_KEPT` if the file cannot be written.
   */
  public async put(blob: Uint8Array, hash: Hex): Promise<void> {
    try {
      await writeWhole(this.path(hash), blob);
    } catch (error) {
      throw notKept(this.path(hash), error as Error);
    }
  }

  private path(hash: Hex): string {
    return join(this.folder, `${hash.toLowerCase()}.blob`);
  }
}

function notKept(path: string, error: Error): RollupError {
  const facts = { file: path, reason: error.message, do: "make room, or make the folder writable" };
  return new RollupError("BLOB_NOT_KEPT", "A blob cannot be kept in the project's archive.", facts, error);
}
