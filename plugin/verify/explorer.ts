import type { Hex } from "../hex.js";
import type { CompilerTask } from "./standardInput.js";

/** What a block explorer made of a contract. */
export interface Verdict {
  readonly verified: boolean;
  /** In the explorer's words. */
  readonly message: string;
}

/** A block explorer to which sources are submitted. */
export interface Explorer {
  readonly name: string;
  isVerified(address: Hex): Promise<boolean>;
  /** Submits a contract's sources and waits for the verdict. @param constructorArguments Encoded, without 0x. */
  verify(address: Hex, task: CompilerTask, constructorArguments: string): Promise<Verdict>;
  /** Tells of a clone what it runs, whose sources are known; explorers that see it by themselves have nothing to do. */
  link(address: Hex, implementation: Hex): Promise<Verdict>;
}
