import type { KeyRecovery } from "./keyRecovery.js";

/**
 * By libsecp256k1 in WebAssembly, a tenth of the time. Its module is imported alone, since the library around it takes a quarter of a second.
 * @returns undefined where it does not run.
 */
export async function makeLibsecpRecovery(): Promise<KeyRecovery | undefined> {
  try {
    const { instantiateSecp256k1 } = await import("@bitauth/libauth/build/lib/crypto/secp256k1.js");
    const { recoverPublicKeyUncompressed } = await instantiateSecp256k1();
    return (hash, signature, parity) => {
      const key = recoverPublicKeyUncompressed(signature, parity, hash);
      return typeof key === "string" ? undefined : key.subarray(1);
    };
  } catch {
    return undefined;
  }
}
