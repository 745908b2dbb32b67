import { hexToBytes, type Hex } from "../hex.js";
import type { BlobPlace } from "./store.js";

/** What sends a JSON-RPC request: an ethers provider, for one. */
export interface RpcSender {
  send(method: string, parameters: unknown[]): Promise<unknown>;
}

/** Anvil, which remembers the blobs of all transactions that it was sent and gives them by hash. */
export class AnvilPlace implements BlobPlace {
  public readonly name = "Anvil (anvil_getBlobByHash)";

  public constructor(private readonly rpc: RpcSender) {}

  public async get(hash: Hex): Promise<Uint8Array | undefined> {
    const blob = (await this.rpc.send("anvil_getBlobByHash", [hash])) as Hex | null;
    return blob === null ? undefined : hexToBytes(blob);
  }
}

/** Whether a network's node is Anvil, by what it calls itself. */
export async function isAnvil(rpc: RpcSender): Promise<boolean> {
  return String(await rpc.send("web3_clientVersion", []))
    .toLowerCase()
    .startsWith("anvil");
}
