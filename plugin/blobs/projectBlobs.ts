import type { NetworkConnection } from "hardhat/types/network";

import { blobAccess, type BlobAccess } from "./access.js";
import { archiveFolder } from "./folderPlace.js";
import { loadKzg } from "./kzg.js";
import { openBlobStore } from "./openStore.js";

/**
 * The blobs of a network as all processes of a project share them: in an archive beside the deployments.
 * @param deployments `config.rollup.deployments`. @param beacons Addresses of beacon nodes, which are asked for what the archive does not have.
 */
export async function projectBlobs(
  connection: NetworkConnection,
  deployments: string,
  beacons: readonly string[] = [],
): Promise<BlobAccess> {
  const access = blobAccess(connection);
  const rpc = { send: (method: string, params: unknown[]) => access.request(method, params) };
  const store = await openBlobStore({ folder: archiveFolder(deployments), rpc, beacons }, await loadKzg());
  return { ...access, store };
}
