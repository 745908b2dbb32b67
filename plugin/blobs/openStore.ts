import { AnvilPlace, isAnvil, type RpcSender } from "./anvilPlace.js";
import { BeaconPlace } from "./beaconPlace.js";
import { ChainedStore } from "./chainedStore.js";
import { FolderPlace } from "./folderPlace.js";
import type { Kzg } from "./kzg.js";
import type { BlobPlace, BlobStore } from "./store.js";

/** Where a node looks for blobs. */
export interface BlobPlaces {
  /** The archive of what this node and its neighbours sent or saw, see `archiveFolder`. */
  readonly folder: string;
  /** The network's node, asked for blobs if it is Anvil. */
  readonly rpc?: RpcSender;
  /** The addresses of beacon nodes, the best first. */
  readonly beacons?: readonly string[];
}

/** The store of a node: its archive, then its Anvil, then beacon nodes. */
export async function openBlobStore({ folder, rpc, beacons = [] }: BlobPlaces, kzg: Kzg): Promise<BlobStore> {
  const places: BlobPlace[] = [new FolderPlace(folder)];
  if (rpc && (await isAnvil(rpc))) places.push(new AnvilPlace(rpc));
  places.push(...beacons.map((address) => new BeaconPlace(address, kzg)));
  return new ChainedStore(places, kzg);
}
