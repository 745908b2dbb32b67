import { parentPort } from "node:worker_threads";

import type { Answer, Question } from "../blobs/threadPool.js";
import { forgetSigners, recoverSigner } from "../machines/recovery.js";

/** Bytes of what a signer is recovered from, and of the signer. */
export const SIGNED = 128;
export const SIGNER = 32;

/** What a thread that recovers signers can do. */
export interface RecoveryFunctions {
  /** The signers of some signatures, one after the other. @param signed Four words of each. */
  recover(signed: Uint8Array): Uint8Array;
}

parentPort?.on("message", ({ parameters }: Question<RecoveryFunctions>) => {
  parentPort?.postMessage({ value: recover(parameters[0] as Uint8Array) } satisfies Answer);
});

function recover(signed: Uint8Array): Uint8Array {
  const count = signed.length / SIGNED;
  const signers = new Uint8Array(count * SIGNER);
  for (let at = 0; at < count; at++) {
    signers.set(recoverSigner(signed.subarray(at * SIGNED, (at + 1) * SIGNED)), at * SIGNER);
  }
  // Whoever has asked remembers them.
  forgetSigners();
  return signers;
}
