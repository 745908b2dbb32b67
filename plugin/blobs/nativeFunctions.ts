import { bytesToHex, hexToBytes, type Hex } from "../hex.js";
import type { KzgFunctions } from "./kzgFunctions.js";

/** What is used of `c-kzg`, an optional peer whose types are there only where it is. */
export interface NativeLibrary {
  loadTrustedSetup(precompute: number): void;
  blobToKzgCommitment(blob: Uint8Array): Uint8Array;
  computeBlobKzgProof(blob: Uint8Array, commitment: Uint8Array): Uint8Array;
  computeKzgProof(blob: Uint8Array, point: Uint8Array): [proof: Uint8Array, value: Uint8Array];
  verifyKzgProof(commitment: Uint8Array, point: Uint8Array, value: Uint8Array, proof: Uint8Array): boolean;
  computeCellsAndKzgProofs(blob: Uint8Array): [cells: Uint8Array[], proofs: Uint8Array[]];
}

/** By name only, so that nothing but a call asks for the package. */
const PACKAGE: string = "c-kzg";

/** The library, if it is installed and was compiled; its trusted setup is not read yet. */
export async function importNativeLibrary(): Promise<NativeLibrary | undefined> {
  try {
    return ((await import(PACKAGE)) as { default: NativeLibrary }).default;
  } catch {
    return undefined;
  }
}

/** KZG by `c-kzg`; its setup is read in about 1.5 s. */
export async function nativeFunctions(): Promise<KzgFunctions> {
  const library = ((await import(PACKAGE)) as { default: NativeLibrary }).default;
  library.loadTrustedSetup(0);
  return {
    commit: (blob) => bytesToHex(library.blobToKzgCommitment(blob)),
    prove: (blob, commitment) => bytesToHex(library.computeBlobKzgProof(blob, hexToBytes(commitment))),
    open: (blob, point) => bytesToHex(library.computeKzgProof(blob, hexToBytes(point))[0]),
    verify: (...hexes) => verify(library, hexes.map(hexToBytes)),
    cells: async (blob) => library.computeCellsAndKzgProofs(blob)[1].map(bytesToHex) satisfies Hex[],
  };
}

/** The library throws for what is malformed; to who verifies, it is false. */
function verify(library: NativeLibrary, [commitment, point, value, proof]: Uint8Array[]): boolean {
  try {
    return library.verifyKzgProof(commitment, point, value, proof);
  } catch {
    return false;
  }
}
