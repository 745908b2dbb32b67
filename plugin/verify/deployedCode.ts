import { getBytes, type Provider } from "ethers";
import type { Artifact } from "hardhat/types/artifacts";

import { bytesToHex, type Hex } from "../hex.js";

/** EIP-1167: what stands before and behind the address of what a clone runs. Arguments may follow. */
const CLONE = /^0x363d3d373d3d3d363d73([0-9a-f]{40})5af43d82803e903d91602b57fd5bf3((?:[0-9a-f]{2})*)$/;

/** A clone's code, taken apart. */
export interface Clone {
  readonly implementation: Hex;
  /** Its immutable arguments, a word each. */
  readonly words: readonly Hex[];
}

/** What a clone runs; undefined if the code is none. */
export function parseClone(code: string): Clone | undefined {
  const [, address, words] = CLONE.exec(code.toLowerCase()) ?? [];
  if (address === undefined) return undefined;
  return { implementation: `0x${address}`, words: (words.match(/.{64}/g) ?? []).map((word) => `0x${word}` as const) };
}

/** Whether a contract is what an artifact says, whatever its immutable values are. */
export async function runs(provider: Provider, address: Hex, artifact: Artifact): Promise<boolean> {
  const code = await provider.getCode(address);
  return masked(code, artifact) === masked(artifact.deployedBytecode, artifact);
}

function masked(code: string, { immutableReferences }: Artifact): Hex {
  const bytes = getBytes(code);
  for (const { start, length } of Object.values(immutableReferences ?? {}).flat()) bytes.fill(0, start, start + length);
  return bytesToHex(bytes);
}
