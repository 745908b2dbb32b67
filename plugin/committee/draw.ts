import { AbiCoder, keccak256 } from "ethers";

import type { Hex } from "../hex.js";

const coder = AbiCoder.defaultAbiCoder();

/**
 * Twin of how `Epochs` draws: the places in the pool of an epoch's members, by seat; none if the pool is too small.
 * @param randomness Of the block that draws.
 * @param pool How many members the pool has.
 */
export function drawPlaces(randomness: Hex, epoch: bigint, committee: Hex, pool: number, size: number): number[] {
  if (pool < size) return [];
  const seed = keccak256(coder.encode(["bytes32", "uint256", "address"], [randomness, epoch, committee]));
  const places: number[] = [];
  for (let i = 0; i < size; i++) {
    const last = pool - size + i;
    const random = BigInt(keccak256(coder.encode(["bytes32", "uint256"], [seed, i])));
    const place = Number(random % BigInt(last + 1));
    places.push(places.includes(place) ? last : place);
  }
  return places;
}
